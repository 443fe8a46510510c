import type { LocalStore } from '../local/localStore.ts';
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
  StoreResult,
  TagChange,
  TagTreeQuery,
} from '../memory/memory.ts';
import type { MemoryStore, RepairOptions } from '../memory/memoryStore.ts';
import type { CallOptions } from '../memory/ports.ts';

export interface ActiveStoreOptions {
  readonly embedded: LocalStore;
  /** Opens the connected store; undefined where the embedded one is the active one. */
  readonly openConnected: () => Promise<MemoryStore | undefined>;
  /** A change waits for another token: somebody should be asked for it. */
  readonly onRefused: (error: MemoryError) => void;
}

/** How long a change waits for another token before it fails. Milliseconds. */
const PATIENCE = 10 * 60_000;

interface Opened {
  readonly active: MemoryStore;
  /** The same, less what stays on this machine. */
  readonly store: MemoryStore;
}

/**
 * The store that every face works with: the embedded one, or the one that is connected. What stays on this machine
 * is always kept in, and answered from, the embedded store. The care of the file is always that of the embedded one.
 */
export class ActiveStore implements LocalStore {
  readonly embedded: LocalStore;
  readonly #options: ActiveStoreOptions;
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  readonly #unsubscribe: () => void;
  /** The store once it is known which one; dropped by a failure, so that the next call tries anew. */
  #active: Promise<Opened> | undefined;
  #isEmbedded = true;
  #isUsed = false;
  #opened = 0;
  #reopened = Promise.withResolvers<undefined>();
  #unsubscribeConnected: (() => void) | undefined;

  constructor(options: ActiveStoreOptions) {
    this.embedded = options.embedded;
    this.#options = options;
    this.#unsubscribe = this.embedded.onDidChange((event) => {
      // What stays on this machine changes there while another store is connected, too.
      if (this.#isEmbedded || event.kind !== 'embedding') this.#announce(event);
    });
  }

  /** The store as it is active now. Rejects where the connected one can't be opened: never another one in its place. */
  async active(): Promise<MemoryStore> {
    return (await this.#current()).active;
  }

  /** Whether anybody has asked for it, so that it is open or was to be. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  #current(): Promise<Opened> {
    this.#isUsed = true;
    const active = (this.#active ??= this.#open());
    active.catch(() => {
      if (this.#active === active) this.#active = undefined;
    });
    return active;
  }

  async #store(): Promise<MemoryStore> {
    return (await this.#current()).store;
  }

  /** Which store is active has changed, or how it is reached: the next call opens it. */
  reopen(): void {
    this.#active = undefined;
    this.#opened++;
    this.#leaveConnected();
    this.#reopened.resolve(undefined);
    this.#reopened = Promise.withResolvers();
    this.#announce({ kind: 'changed', by: 'this-process' });
  }

  async #open(): Promise<Opened> {
    const opening = ++this.#opened;
    const connected = await this.#options.openConnected().catch((error: unknown) => {
      if (opening === this.#opened) throw error;
      return undefined;
    });
    const store = connected && (await divided(connected, this.embedded));
    // Reopened meanwhile: whoever waited for this one waits for that one.
    if (opening !== this.#opened) return this.#current();
    this.#leaveConnected();
    this.#isEmbedded = connected === undefined;
    this.#unsubscribeConnected = store?.onDidChange((event) => this.#announce(event));
    return { active: connected ?? this.embedded, store: store ?? this.embedded };
  }

  #leaveConnected(): void {
    this.#unsubscribeConnected?.();
    this.#unsubscribeConnected = undefined;
  }

  store(memory: NewMemory, options?: CallOptions): Promise<StoreResult> {
    return this.#change((store) => store.store(memory, options), options);
  }

  storeMany(memories: readonly NewMemory[], options?: CallOptions): Promise<StoreResult[]> {
    return this.#change((store) => store.storeMany(memories, options), options);
  }

  async search(query: SearchQuery, options?: CallOptions) {
    return (await this.#store()).search(query, options);
  }

  async get(contentHashes: readonly string[], options?: CallOptions) {
    return (await this.#store()).get(contentHashes, options);
  }

  async resolve(prefix: string, options?: CallOptions) {
    return (await this.#store()).resolve(prefix, options);
  }

  async list(query: ListQuery, options?: CallOptions) {
    return (await this.#store()).list(query, options);
  }

  iterate(filter: MemoryFilter, options?: CallOptions): AsyncGenerator<Memory> {
    return iteratePages(this, filter, options);
  }

  async count(filter: MemoryFilter, options?: CallOptions) {
    return (await this.#store()).count(filter, options);
  }

  update(contentHash: string, patch: MemoryPatch, options?: CallOptions): Promise<Memory> {
    return this.#change((store) => store.update(contentHash, patch, options), options);
  }

  retag(changes: readonly TagChange[], options?: CallOptions): Promise<string[]> {
    return this.#change((store) => store.retag(changes, options), options);
  }

  delete(contentHashes: readonly string[], options?: CallOptions) {
    return this.#change((store) => store.delete(contentHashes, options), options);
  }

  restore(contentHashes: readonly string[], options?: CallOptions) {
    return this.#change((store) => store.restore(contentHashes, options), options);
  }

  purge(contentHashes: readonly string[], options?: CallOptions) {
    return this.#change((store) => store.purge(contentHashes, options), options);
  }

  async link(link: NewLink, options?: CallOptions) {
    return (await this.#store()).link(link, options);
  }

  async linkMany(links: readonly NewLink[], options?: CallOptions) {
    return (await this.#store()).linkMany(links, options);
  }

  async unlink(source: string, target: string, options?: CallOptions) {
    return (await this.#store()).unlink(source, target, options);
  }

  async related(contentHash: string, hops = 1, options?: CallOptions) {
    return (await this.#store()).related(contentHash, hops, options);
  }

  async history(contentHash: string, options?: CallOptions) {
    return (await this.#store()).history(contentHash, options);
  }

  async facets(kind: FacetKind, query: FacetQuery = {}, options?: CallOptions) {
    return (await this.#store()).facets(kind, query, options);
  }

  async tagTree(query: TagTreeQuery = {}, options?: CallOptions) {
    return (await this.#store()).tagTree(query, options);
  }

  async days(query: DayQuery = {}, options?: CallOptions) {
    return (await this.#store()).days(query, options);
  }

  async keepProjectLocal(project: string, localOnly: boolean, options?: CallOptions): Promise<void> {
    await this.embedded.keepProjectLocal(project, localOnly, options);
    if (!this.#isEmbedded) this.#announce({ kind: 'changed', by: 'this-process' });
  }

  localProjects(options?: CallOptions) {
    return this.embedded.localProjects(options);
  }

  async stats(options?: CallOptions) {
    return (await this.#store()).stats(options);
  }

  async overview(query: OverviewQuery, options?: CallOptions) {
    return (await this.#store()).overview(query, options);
  }

  async vectors(contentHashes: readonly string[], options?: CallOptions) {
    return (await this.#store()).vectors(contentHashes, options);
  }

  async verify(options?: CallOptions) {
    return (await this.#store()).verify(options);
  }

  async repair(options?: RepairOptions) {
    return (await this.#store()).repair(options);
  }

  describe(options?: CallOptions) {
    return this.embedded.describe(options);
  }

  embedPending(limit?: number, options?: CallOptions) {
    return this.embedded.embedPending(limit, options);
  }

  backups(options?: CallOptions) {
    return this.embedded.backups(options);
  }

  backUp(options?: CallOptions) {
    return this.embedded.backUp(options);
  }

  restoreBackup(file: string, options?: CallOptions) {
    return this.embedded.restoreBackup(file, options);
  }

  onDidChange(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#leaveConnected();
    this.#unsubscribe();
    return this.embedded.close();
  }

  /**
   * Makes a change; where the token is refused, waits for another one and makes it then, every change being safe to
   * repeat. After Disconnect it fails instead: it was meant for the account.
   */
  async #change<T>(make: (store: MemoryStore) => Promise<T>, options?: CallOptions): Promise<T> {
    let asked: Promise<undefined> | undefined;
    try {
      const store = await this.#store();
      asked = this.#reopened.promise;
      return await make(store);
    } catch (error) {
      if (!MemoryError.is(error, 'unauthorized')) throw error;
      // Another token may have come before the refusal of the one it was made with.
      const waiting = asked ?? this.#reopened.promise;
      if (waiting === this.#reopened.promise) this.#options.onRefused(error);
      const enough = AbortSignal.any([
        AbortSignal.timeout(PATIENCE),
        ...(options?.signal ? [options.signal] : []),
      ]);
      if (!(await settledBefore(waiting, enough))) throw error;
      const store = await this.#store();
      if (store === this.embedded) throw error;
      return make(store);
    }
  }

  #announce(event: StoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** What checks memories is only loaded by those who are connected. */
const divided = async (there: MemoryStore, embedded: MemoryStore): Promise<MemoryStore> => {
  const { DividedStore } = await import('../memory/dividedStore.ts');
  const here = () => Promise.resolve(embedded);
  return new DividedStore({ there, here, makeHere: here });
};

const settledBefore = (waiting: Promise<undefined>, end: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    end.addEventListener('abort', () => resolve(false), { once: true });
    void waiting.then(() => resolve(true));
  });
