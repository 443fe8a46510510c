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
import type { MemoryStore } from '../memory/memoryStore.ts';
import type { CallOptions } from '../memory/ports.ts';
import { normaliseProject, projectsOf } from '../memory/projects.ts';
import { normaliseTags } from '../memory/tags.ts';

export interface ActiveStoreOptions {
  readonly embedded: LocalStore;
  /** Opens the connected store; undefined where the embedded one is the active one. */
  readonly openConnected: () => Promise<MemoryStore | undefined>;
  /** A change waits for another token: somebody should be asked for it. */
  readonly onRefused: (error: MemoryError) => void;
}

/** How long a change waits for another token before it fails. Milliseconds. */
const PATIENCE = 10 * 60_000;

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
  #active: Promise<MemoryStore> | undefined;
  #isEmbedded = true;
  #opened = 0;
  #reopened = Promise.withResolvers<undefined>();
  #unsubscribeConnected: (() => void) | undefined;

  constructor(options: ActiveStoreOptions) {
    this.embedded = options.embedded;
    this.#options = options;
    this.#unsubscribe = this.embedded.onDidChange((event) => {
      if (this.#isEmbedded || event.kind === 'warning') this.#announce(event);
    });
  }

  /** The store as it is active now. Rejects where the connected one can't be opened: never another one in its place. */
  active(): Promise<MemoryStore> {
    const active = (this.#active ??= this.#open());
    active.catch(() => {
      if (this.#active === active) this.#active = undefined;
    });
    return active;
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

  async #open(): Promise<MemoryStore> {
    const opening = ++this.#opened;
    const connected = await this.#options.openConnected();
    // Reopened meanwhile: whoever waited for this one waits for that one.
    if (opening !== this.#opened) return this.active();
    this.#leaveConnected();
    this.#isEmbedded = connected === undefined;
    this.#unsubscribeConnected = connected?.onDidChange((event) => this.#announce(event));
    return connected ?? this.embedded;
  }

  #leaveConnected(): void {
    this.#unsubscribeConnected?.();
    this.#unsubscribeConnected = undefined;
  }

  async store(memory: NewMemory, options?: CallOptions): Promise<StoreResult> {
    const [result] = await this.storeMany([memory], options);
    if (result === undefined) throw new Error('storing one memory gave no result');
    return result;
  }

  storeMany(memories: readonly NewMemory[], options?: CallOptions): Promise<StoreResult[]> {
    return this.#change(() => this.#storeMany(memories, options), options);
  }

  async #storeMany(memories: readonly NewMemory[], options?: CallOptions): Promise<StoreResult[]> {
    const store = await this.active();
    if (store === this.embedded) return store.storeMany(memories, options);
    const local = new Set(await this.embedded.localProjects(options));
    const stays = memories.map((memory) => memory.localOnly === true || belongsTo(local, memory));
    const part = (here: boolean): NewMemory[] => memories.filter((_, i) => stays[i] === here);
    const storeIn = async (target: MemoryStore, some: readonly NewMemory[]): Promise<StoreResult[]> =>
      some.length === 0 ? [] : target.storeMany(some, options);
    const [leaving, staying] = await Promise.all([
      storeIn(store, part(false)),
      storeIn(this.embedded, part(true)),
    ]);
    if (staying.length > 0) this.#announce({ kind: 'warning', message: stayed });
    const results = { leaving: leaving.values(), staying: staying.values() };
    return stays.flatMap((here) => (here ? results.staying : results.leaving).next().value ?? []);
  }

  async search(query: SearchQuery, options?: CallOptions) {
    return (await this.active()).search(query, options);
  }

  async get(contentHashes: readonly string[], options?: CallOptions): Promise<Memory[]> {
    const { store, here, there } = await this.#parted(contentHashes, options);
    const found = [...here.values(), ...(there.length === 0 ? [] : await store.get(there, options))];
    const byHash = new Map(found.map((memory) => [memory.contentHash, memory]));
    return contentHashes.flatMap((hash) => byHash.get(hash) ?? []);
  }

  async resolve(prefix: string, options?: CallOptions) {
    return (await this.active()).resolve(prefix, options);
  }

  async list(query: ListQuery, options?: CallOptions) {
    return (await this.active()).list(query, options);
  }

  iterate(filter: MemoryFilter, options?: CallOptions): AsyncGenerator<Memory> {
    return iteratePages(this, filter, options);
  }

  async count(filter: MemoryFilter, options?: CallOptions) {
    return (await this.active()).count(filter, options);
  }

  update(contentHash: string, patch: MemoryPatch, options?: CallOptions): Promise<Memory> {
    return this.#change(() => this.#update(contentHash, patch, options), options);
  }

  async #update(contentHash: string, patch: MemoryPatch, options?: CallOptions): Promise<Memory> {
    const { store, here } = await this.#parted([contentHash], options);
    if (store === this.embedded || here.size > 0) return this.embedded.update(contentHash, patch, options);
    const local = new Set(await this.embedded.localProjects(options));
    const tags = [...(patch.tags ?? []), ...(patch.addTags ?? [])];
    if (patch.localOnly === true || belongsTo(local, { tags, project: patch.project ?? undefined }))
      throw hasLeft();
    return store.update(contentHash, patch, options);
  }

  retag(changes: readonly TagChange[], options?: CallOptions): Promise<string[]> {
    return this.#change(() => this.#retag(changes, options), options);
  }

  async #retag(changes: readonly TagChange[], options?: CallOptions): Promise<string[]> {
    const hashes = changes.map(({ contentHash }) => contentHash);
    const { store, here } = await this.#parted(hashes, options);
    const [stay, leave] = [true, false].map((local) =>
      changes.filter(({ contentHash }) => here.has(contentHash) === local),
    );
    if (store !== this.embedded && leave !== undefined && leave.length > 0) {
      const local = new Set(await this.embedded.localProjects(options));
      if (leave.some(({ add }) => belongsTo(local, { tags: add }))) throw hasLeft();
    }
    const retagIn = async (target: MemoryStore, some: readonly TagChange[] = []): Promise<string[]> =>
      some.length === 0 ? [] : target.retag(some, options);
    return (await Promise.all([retagIn(this.embedded, stay), retagIn(store, leave)])).flat();
  }

  delete(contentHashes: readonly string[], options?: CallOptions) {
    return this.#change(() => this.#onEach('delete', contentHashes, options), options);
  }

  restore(contentHashes: readonly string[], options?: CallOptions) {
    return this.#change(() => this.#onEach('restore', contentHashes, options), options);
  }

  purge(contentHashes: readonly string[], options?: CallOptions) {
    return this.#change(() => this.#onEach('purge', contentHashes, options), options);
  }

  async link(link: NewLink, options?: CallOptions) {
    return (await this.active()).link(link, options);
  }

  async unlink(source: string, target: string, options?: CallOptions) {
    return (await this.active()).unlink(source, target, options);
  }

  async related(contentHash: string, hops = 1, options?: CallOptions) {
    return (await this.active()).related(contentHash, hops, options);
  }

  async history(contentHash: string, options?: CallOptions) {
    return (await this.active()).history(contentHash, options);
  }

  async facets(kind: FacetKind, query: FacetQuery = {}, options?: CallOptions) {
    return (await this.active()).facets(kind, query, options);
  }

  async tagTree(query: TagTreeQuery = {}, options?: CallOptions) {
    return (await this.active()).tagTree(query, options);
  }

  async days(query: DayQuery = {}, options?: CallOptions) {
    return (await this.active()).days(query, options);
  }

  async keepProjectLocal(project: string, localOnly: boolean, options?: CallOptions): Promise<void> {
    await this.embedded.keepProjectLocal(project, localOnly, options);
    if (!this.#isEmbedded) this.#announce({ kind: 'changed', by: 'this-process' });
  }

  localProjects(options?: CallOptions) {
    return this.embedded.localProjects(options);
  }

  async stats(options?: CallOptions) {
    return (await this.active()).stats(options);
  }

  async overview(query: OverviewQuery, options?: CallOptions) {
    return (await this.active()).overview(query, options);
  }

  async vectors(contentHashes: readonly string[], options?: CallOptions) {
    return (await this.active()).vectors(contentHashes, options);
  }

  async verify(options?: CallOptions) {
    return (await this.active()).verify(options);
  }

  async repair(options?: CallOptions) {
    return (await this.active()).repair(options);
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
  async #change<T>(make: () => Promise<T>, options?: CallOptions): Promise<T> {
    try {
      return await make();
    } catch (error) {
      if (!MemoryError.is(error, 'unauthorized')) throw error;
      const waiting = this.#reopened.promise;
      this.#options.onRefused(error);
      const enough = AbortSignal.any([
        AbortSignal.timeout(PATIENCE),
        ...(options?.signal ? [options.signal] : []),
      ]);
      if (!(await settledBefore(waiting, enough))) throw error;
      if ((await this.active()) === this.embedded) throw error;
      return make();
    }
  }

  #announce(event: StoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Which of the hashes belong to memories that stay on this machine, and which may be asked elsewhere. */
  async #parted(contentHashes: readonly string[], options?: CallOptions) {
    const store = await this.active();
    const known = store === this.embedded ? [] : await this.embedded.get(contentHashes, options);
    const here = new Map(
      known.filter(({ localOnly }) => localOnly).map((memory) => [memory.contentHash, memory]),
    );
    return { store, here, there: contentHashes.filter((hash) => !here.has(hash)) };
  }

  async #onEach(
    action: 'delete' | 'restore' | 'purge',
    contentHashes: readonly string[],
    options?: CallOptions,
  ): Promise<string[]> {
    const { store, here, there } = await this.#parted(contentHashes, options);
    const done = await Promise.all([
      here.size === 0 ? [] : this.embedded[action]([...here.keys()], options),
      there.length === 0 ? [] : store[action](there, options),
    ]);
    return done.flat();
  }
}

const settledBefore = (waiting: Promise<undefined>, end: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    end.addEventListener('abort', () => resolve(false), { once: true });
    void waiting.then(() => resolve(true));
  });

/** Whether a memory that is to be written belongs to one of these projects. */
const belongsTo = (
  projects: ReadonlySet<string>,
  { tags = [], project }: Pick<NewMemory, 'tags' | 'project'>,
): boolean =>
  projects.size > 0 &&
  [...projectsOf(normaliseTags(tags)), ...(project === undefined ? [] : [normaliseProject(project)])].some(
    (name) => projects.has(name),
  );

const stayed =
  'Stored on this machine only, as asked. Lists and searches show the memories in Cloudflare while you are connected; Disconnect shows this one.';

const hasLeft = (): MemoryError =>
  new MemoryError(
    'conflict',
    'This memory lies in your Cloudflare account, so it can not be kept from leaving this machine any more.',
    'Delete it there, and store it again with “Keep on This Machine”.',
  );
