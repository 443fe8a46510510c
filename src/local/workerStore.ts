import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryError } from '../memory/errors.ts';
import { iteratePages } from '../memory/iteratePages.ts';
import type {
  DayQuery,
  FacetKind,
  FacetQuery,
  ListQuery,
  Memory,
  MemoryFilter,
  MemoryPatch,
  NewLink,
  NewMemory,
  OverviewQuery,
  SearchQuery,
  StoreEvent,
  TagChange,
  TagTreeQuery,
} from '../memory/memory.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { LocalStore, LocalStoreOptions } from './localStore.ts';
import { CalledThread } from './threadCalls.ts';

const CLOSE_MS = 2000;

/** The method of the store in the other thread takes the same arguments but the last, which does not cross threads. */
type Result<M extends keyof LocalStore> = ReturnType<Extract<LocalStore[M], (...args: never[]) => unknown>>;

/** The embedded store in a thread of its own: nothing that SQLite does ever blocks the caller's thread. */
export class WorkerStore implements LocalStore {
  readonly #thread: CalledThread;
  readonly #listeners = new Set<(event: StoreEvent) => void>();

  /** `storeWorker`: the script of the thread, which starts with the first call. */
  constructor({ storeWorker, ...options }: LocalStoreOptions & { readonly storeWorker: URL }) {
    this.#thread = new CalledThread({
      script: storeWorker,
      // URLs lose their class on the way to another thread.
      workerOptions: { workerData: { ...options, embedderWorker: options.embedderWorker?.href } },
      onEvent: (event) => {
        for (const listener of this.#listeners) listener(event as StoreEvent);
      },
      explainEnd,
      explainClosed,
    });
  }

  #call<M extends keyof LocalStore>(
    method: M,
    args: readonly unknown[],
    options: CallOptions | undefined,
  ): Result<M> {
    return this.#thread.call(method, args, options) as Result<M>;
  }

  store(memory: NewMemory, options?: CallOptions) {
    return this.#call('store', [memory], options);
  }

  storeMany(memories: readonly NewMemory[], options?: CallOptions) {
    return this.#call('storeMany', [memories], options);
  }

  search(query: SearchQuery, options?: CallOptions) {
    return this.#call('search', [query], options);
  }

  get(contentHashes: readonly string[], options?: CallOptions) {
    return this.#call('get', [contentHashes], options);
  }

  resolve(prefix: string, options?: CallOptions) {
    return this.#call('resolve', [prefix], options);
  }

  list(query: ListQuery, options?: CallOptions) {
    return this.#call('list', [query], options);
  }

  iterate(filter: MemoryFilter, options?: CallOptions): AsyncGenerator<Memory> {
    return iteratePages(this, filter, options);
  }

  count(filter: MemoryFilter, options?: CallOptions) {
    return this.#call('count', [filter], options);
  }

  update(contentHash: string, patch: MemoryPatch, options?: CallOptions) {
    return this.#call('update', [contentHash, patch], options);
  }

  retag(changes: readonly TagChange[], options?: CallOptions) {
    return this.#call('retag', [changes], options);
  }

  delete(contentHashes: readonly string[], options?: CallOptions) {
    return this.#call('delete', [contentHashes], options);
  }

  restore(contentHashes: readonly string[], options?: CallOptions) {
    return this.#call('restore', [contentHashes], options);
  }

  purge(contentHashes: readonly string[], options?: CallOptions) {
    return this.#call('purge', [contentHashes], options);
  }

  link(link: NewLink, options?: CallOptions) {
    return this.#call('link', [link], options);
  }

  linkMany(links: readonly NewLink[], options?: CallOptions) {
    return this.#call('linkMany', [links], options);
  }

  unlink(source: string, target: string, options?: CallOptions) {
    return this.#call('unlink', [source, target], options);
  }

  related(contentHash: string, hops = 1, options?: CallOptions) {
    return this.#call('related', [contentHash, hops], options);
  }

  history(contentHash: string, options?: CallOptions) {
    return this.#call('history', [contentHash], options);
  }

  facets(kind: FacetKind, query: FacetQuery = {}, options?: CallOptions) {
    return this.#call('facets', [kind, query], options);
  }

  tagTree(query: TagTreeQuery = {}, options?: CallOptions) {
    return this.#call('tagTree', [query], options);
  }

  days(query: DayQuery = {}, options?: CallOptions) {
    return this.#call('days', [query], options);
  }

  keepProjectLocal(project: string, localOnly: boolean, options?: CallOptions) {
    return this.#call('keepProjectLocal', [project, localOnly], options);
  }

  localProjects(options?: CallOptions) {
    return this.#call('localProjects', [], options);
  }

  stats(options?: CallOptions) {
    return this.#call('stats', [], options);
  }

  overview(query: OverviewQuery, options?: CallOptions) {
    return this.#call('overview', [query], options);
  }

  vectors(contentHashes: readonly string[], options?: CallOptions) {
    return this.#call('vectors', [contentHashes], options);
  }

  verify(options?: CallOptions) {
    return this.#call('verify', [], options);
  }

  repair(options?: CallOptions) {
    return this.#call('repair', [], options);
  }

  describe(options?: CallOptions) {
    return this.#call('describe', [], options);
  }

  embedPending(limit?: number, options?: CallOptions) {
    return this.#call('embedPending', [limit], options);
  }

  backups(options?: CallOptions) {
    return this.#call('backups', [], options);
  }

  backUp(options?: CallOptions) {
    return this.#call('backUp', [], options);
  }

  restoreBackup(file: string, options?: CallOptions) {
    return this.#call('restoreBackup', [file], options);
  }

  onDidChange(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets the thread finish its transaction and give up its duties; then ends it. */
  async close(): Promise<void> {
    if (this.#thread.isRunning) {
      const enough = sleep(CLOSE_MS, undefined, { ref: false });
      await Promise.race([this.#thread.call('close', []).catch(() => undefined), enough]);
    }
    await this.#thread.close();
  }
}

const explainClosed = (): MemoryError =>
  new MemoryError('storage-failed', 'The memory store was closed.', 'Open it again.');

const explainEnd = (cause: unknown): MemoryError => {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ERR_UNKNOWN_BUILTIN_MODULE')
    return new MemoryError(
      'unsupported-runtime',
      `This editor runs Node ${process.versions.node}, which has no node:sqlite.`,
      'Update the editor to a version based on VS Code 1.105 or newer.',
      { cause },
    );
  return new MemoryError(
    'storage-failed',
    `The memory store stopped unexpectedly: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Try again: it starts anew. If this repeats, run Copy Diagnostics and report it.',
    { cause },
  );
};
