import { contentHashOf } from './contentHash.ts';
import { asNew, mayLeave } from './copying.ts';
import { iteratePages } from './iteratePages.ts';
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
  SearchAnswer,
  SearchHit,
  SearchQuery,
  StoreEvent,
  StoreResult,
  TagChange,
  TagTreeQuery,
} from './memory.ts';
import type { MemoryStore, RepairOptions } from './memoryStore.ts';
import type { CallOptions } from './ports.ts';
import { newMemorySchema, parse } from './schemas.ts';
import { belongsTo, farApart, hasLeft, type Staying, stayWith } from './staying.ts';
import { prepare } from './storing.ts';

export interface DividedStoreOptions {
  /** Where memories go that may leave this machine. */
  readonly there: MemoryStore;
  /** The store on this machine; undefined where it has none yet. Where it rejects, nothing leaves. */
  readonly here: () => Promise<MemoryStore | undefined>;
  /** The same, made where there is none yet. */
  readonly makeHere: () => Promise<MemoryStore>;
}

/** As many as `resolve` answers. */
const RESOLVED = 10;

/**
 * A store elsewhere, less what stays on this machine: memories with that mark, and those of the projects with it, are
 * kept in the store here, and answered from it by their hashes, in searches, and to the filter `stays`. Other lists and
 * counts are of the store elsewhere.
 */
export class DividedStore implements MemoryStore {
  readonly #there: MemoryStore;
  readonly #here: () => Promise<MemoryStore | undefined>;
  readonly #makeHere: () => Promise<MemoryStore>;
  readonly #listeners = new Set<(event: StoreEvent) => void>();

  constructor({ there, here, makeHere }: DividedStoreOptions) {
    this.#there = there;
    this.#here = here;
    this.#makeHere = makeHere;
  }

  async store(memory: NewMemory, options?: CallOptions): Promise<StoreResult> {
    const [result] = await this.storeMany([memory], options);
    if (result === undefined) throw new Error('storing one memory gave no result');
    return result;
  }

  async storeMany(memories: readonly NewMemory[], options?: CallOptions): Promise<StoreResult[]> {
    // Checked before any is stored, in whichever store.
    const checked = memories.map((memory) => parse(newMemorySchema, 'The memory', memory));
    for (const memory of checked) prepare(memory, 0, Infinity);
    const stays = await this.#whichStay(checked, options);
    const part = (here: boolean): NewMemory[] => checked.filter((_, i) => stays[i] === here);
    const [leaving, staying] = [part(false), part(true)];
    const there = leaving.length === 0 ? [] : await this.#there.storeMany(leaving, options);
    const here = staying.length === 0 ? [] : await (await this.#makeHere()).storeMany(staying, options);
    if (here.length > 0)
      this.#announce({
        kind: 'warning',
        message:
          'Stored on this machine only, as asked. Searches find it; the sidebar has it under “On This Machine”, a terminal lists it with --local.',
      });
    const results = { there: there.values(), here: here.values() };
    return stays.flatMap((stay) => (stay ? results.here : results.there).next().value ?? []);
  }

  /** What is like a memory is looked for on the side where that one lies: a text that stays goes nowhere. */
  async search(query: SearchQuery, options?: CallOptions): Promise<SearchAnswer> {
    const { about, filter } = query;
    if (filter?.stays) return (await this.#sideOf(filter)).search(query, options);
    if (about !== undefined)
      return (await this.#whichStay([about], options))[0]
        ? (await this.#makeHere()).search(query, options)
        : this.#there.search(query, options);
    const [answer, staying] = await Promise.all([
      this.#there.search(query, options),
      this.#searchStaying(query, options),
    ]);
    if (staying.length === 0) return answer;
    const { mergeHits } = await import('./search/mergeHits.ts');
    return { ...answer, hits: mergeHits(query, answer.hits, staying) };
  }

  async #searchStaying(query: SearchQuery, options?: CallOptions): Promise<readonly SearchHit[]> {
    const store = await this.#here();
    const filter = { ...query.filter, stays: true } as const;
    if (store === undefined || (await store.count(filter, options)) === 0) return [];
    return (await store.search({ ...query, filter, contentLimit: undefined }, options)).hits;
  }

  async get(contentHashes: readonly string[], options?: CallOptions): Promise<Memory[]> {
    const { here, others } = await this.#parted(contentHashes, options);
    const found = [...here.values(), ...(others.length === 0 ? [] : await this.#there.get(others, options))];
    const byHash = new Map(found.map((memory) => [memory.contentHash, memory]));
    return contentHashes.flatMap((hash) => byHash.get(hash) ?? []);
  }

  async resolve(prefix: string, options?: CallOptions): Promise<string[]> {
    const store = await this.#here();
    const [there, known = []] = await Promise.all([
      this.#there.resolve(prefix, options),
      store?.resolve(prefix, options),
    ]);
    const { here } = await this.#parted(known, options);
    return [...new Set([...here.keys(), ...there])].slice(0, RESOLVED);
  }

  async list(query: ListQuery, options?: CallOptions) {
    return (await this.#sideOf(query.filter)).list(query, options);
  }

  iterate(filter: MemoryFilter, options?: CallOptions): AsyncGenerator<Memory> {
    return iteratePages(this, filter, options);
  }

  async count(filter: MemoryFilter, options?: CallOptions) {
    return (await this.#sideOf(filter)).count(filter, options);
  }

  async update(contentHash: string, patch: MemoryPatch, options?: CallOptions): Promise<Memory> {
    const { store, here } = await this.#parted([contentHash], options);
    if (here.size > 0 && store !== undefined) {
      const updated = await store.update(contentHash, patch, options);
      if (!mayLeave(updated)) return updated;
      return patch.localOnly === false ? this.#sendOn(store, updated, options) : stayWith(store, updated);
    }
    const tags = [...(patch.tags ?? []), ...(patch.addTags ?? [])];
    const { localOnly, content, project } = patch;
    if ((await this.#whichStay([{ content, tags, project: project ?? undefined, localOnly }], options))[0])
      throw hasLeft();
    return this.#there.update(contentHash, patch, options);
  }

  async retag(changes: readonly TagChange[], options?: CallOptions): Promise<string[]> {
    const hashes = changes.map(({ contentHash }) => contentHash);
    const { store, here } = await this.#parted(hashes, options);
    const part = (stay: boolean): TagChange[] =>
      changes.filter(({ contentHash }) => here.has(contentHash) === stay);
    const [staying, leaving] = [part(true), part(false)];
    const projects = await this.#localProjects(store, options);
    if (leaving.some(({ add }) => belongsTo(projects, { tags: add }))) throw hasLeft();
    const done = await Promise.all([
      staying.length === 0 ? [] : store?.retag(staying, options),
      leaving.length === 0 ? [] : this.#there.retag(leaving, options),
    ]);
    if (store !== undefined)
      for (const memory of (await store.get([...here.keys()])).filter(mayLeave))
        await stayWith(store, memory);
    return done.flatMap((retagged = []) => retagged);
  }

  /** What was told to need not stay here would be out of sight: it goes there, or is marked again. */
  async #sendOn(here: MemoryStore, memory: Memory, options?: CallOptions): Promise<Memory> {
    try {
      await this.#there.storeMany(asNew(memory), options);
      return memory;
    } catch (error) {
      await stayWith(here, memory);
      throw error;
    }
  }

  delete(contentHashes: readonly string[], options?: CallOptions) {
    return this.#onEach('delete', contentHashes, options);
  }

  restore(contentHashes: readonly string[], options?: CallOptions) {
    return this.#onEach('restore', contentHashes, options);
  }

  purge(contentHashes: readonly string[], options?: CallOptions) {
    return this.#onEach('purge', contentHashes, options);
  }

  async link(link: NewLink, options?: CallOptions) {
    const side = await this.#sideOfBoth(link, options);
    if (side === undefined) throw farApart();
    return side.link(link, options);
  }

  async linkMany(links: readonly NewLink[], options?: CallOptions): Promise<void> {
    const { store, here } = await this.#parted(
      links.flatMap(({ source, target }) => [source, target]),
      options,
    );
    const part = (stay: boolean) =>
      links.filter(({ source, target }) => here.has(source) === stay && here.has(target) === stay);
    const [staying, leaving] = [part(true), part(false)];
    if (staying.length > 0) await store?.linkMany(staying, options);
    if (leaving.length > 0) await this.#there.linkMany(leaving, options);
  }

  async unlink(source: string, target: string, options?: CallOptions): Promise<boolean> {
    const side = await this.#sideOfBoth({ source, target }, options);
    return (await side?.unlink(source, target, options)) ?? false;
  }

  /** Undefined where a memory lies on either side. */
  async #sideOfBoth(
    { source, target }: Pick<NewLink, 'source' | 'target'>,
    options?: CallOptions,
  ): Promise<MemoryStore | undefined> {
    const { store, here } = await this.#parted([source, target], options);
    if (here.size === 0) return this.#there;
    return [source, target].every((hash) => here.has(hash)) ? store : undefined;
  }

  async related(contentHash: string, hops = 1, options?: CallOptions) {
    return (await this.#holderOf(contentHash, options)).related(contentHash, hops, options);
  }

  async history(contentHash: string, options?: CallOptions) {
    return (await this.#holderOf(contentHash, options)).history(contentHash, options);
  }

  facets(kind: FacetKind, query: FacetQuery = {}, options?: CallOptions) {
    return this.#there.facets(kind, query, options);
  }

  tagTree(query: TagTreeQuery = {}, options?: CallOptions) {
    return this.#there.tagTree(query, options);
  }

  days(query: DayQuery = {}, options?: CallOptions) {
    return this.#there.days(query, options);
  }

  async keepProjectLocal(project: string, localOnly: boolean, options?: CallOptions): Promise<void> {
    await (await this.#makeHere()).keepProjectLocal(project, localOnly, options);
    this.#announce({ kind: 'changed', by: 'this-process' });
  }

  async localProjects(options?: CallOptions): Promise<string[]> {
    return [...(await this.#localProjects(await this.#here(), options))];
  }

  stats(options?: CallOptions) {
    return this.#there.stats(options);
  }

  overview(query: OverviewQuery, options?: CallOptions) {
    return this.#there.overview(query, options);
  }

  vectors(contentHashes: readonly string[], options?: CallOptions) {
    return this.#there.vectors(contentHashes, options);
  }

  verify(options?: CallOptions) {
    return this.#there.verify(options);
  }

  repair(options?: RepairOptions) {
    return this.#there.repair(options);
  }

  onDidChange(listener: (event: StoreEvent) => void): () => void {
    const end = this.#there.onDidChange(listener);
    this.#listeners.add(listener);
    return () => {
      end();
      this.#listeners.delete(listener);
    };
  }

  #announce(event: StoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async #localProjects(here: MemoryStore | undefined, options?: CallOptions): Promise<ReadonlySet<string>> {
    return new Set(await here?.localProjects(options));
  }

  /** Which of these stay: by their own mark, by their project's, or because the same content does already. */
  async #whichStay(memories: readonly Staying[], options?: CallOptions): Promise<boolean[]> {
    const store = await this.#here();
    const hashes = memories.map(({ content }) => (content === undefined ? '' : contentHashOf(content)));
    const [projects, { here }] = await Promise.all([
      this.#localProjects(store, options),
      this.#parted(
        hashes.filter((hash) => hash !== ''),
        options,
      ),
    ]);
    return memories.map(
      (memory, i) => memory.localOnly === true || belongsTo(projects, memory) || here.has(hashes[i] ?? ''),
    );
  }

  /** Which of the hashes belong to memories that stay on this machine, and which may be asked for elsewhere. */
  async #parted(contentHashes: readonly string[], options?: CallOptions) {
    const store = await this.#here();
    const known = contentHashes.length === 0 ? [] : ((await store?.get(contentHashes, options)) ?? []);
    const here = new Map(
      known.filter(({ localOnly }) => localOnly).map((memory) => [memory.contentHash, memory]),
    );
    return { store, here, others: contentHashes.filter((hash) => !here.has(hash)) };
  }

  async #sideOf(filter: MemoryFilter | undefined): Promise<MemoryStore> {
    const here = filter?.stays ? await this.#here() : undefined;
    return here ?? this.#there;
  }

  async #holderOf(contentHash: string, options?: CallOptions): Promise<MemoryStore> {
    const { store, here } = await this.#parted([contentHash], options);
    return here.size > 0 && store !== undefined ? store : this.#there;
  }

  async #onEach(
    action: 'delete' | 'restore' | 'purge',
    contentHashes: readonly string[],
    options?: CallOptions,
  ): Promise<string[]> {
    const { store, here, others } = await this.#parted(contentHashes, options);
    const projects = action === 'restore' ? new Set<string>() : await this.#localProjects(store, options);
    // Before its project was to stay it may have left.
    const mayHaveLeft = [...here.values()].filter((memory) => belongsTo(projects, memory));
    const there = [...others, ...mayHaveLeft.map(({ contentHash }) => contentHash)];
    const done = await Promise.all([
      here.size === 0 ? [] : store?.[action]([...here.keys()], options),
      there.length === 0 ? [] : this.#there[action](there, options),
    ]);
    return [...new Set(done.flatMap((hashes = []) => hashes))];
  }
}
