import { contentHashOf } from '../memory/contentHash.ts';
import { MemoryError } from '../memory/errors.ts';
import type {
  Facet,
  FacetKind,
  FacetQuery,
  Memory,
  MemoryFilter,
  MemoryLink,
  MemoryPatch,
  MemoryStats,
  NewLink,
  NewMemory,
  Page,
} from '../memory/memory.ts';
import { pagesOf } from '../memory/pagesOf.ts';
import type { CallOptions } from '../memory/ports.ts';
import { isProjectTag, normaliseProject, projectsOf, projectTag } from '../memory/projects.ts';
import { normaliseTags } from '../memory/tags.ts';
import { beginningOf } from '../memory/text.ts';
import type { AgentStore } from './agentStore.ts';

const PAGE = 1000;
/** Of a refused text. UTF-16 code units. */
const QUOTED = 60;

const notFound = (hash: string): MemoryError =>
  new MemoryError(
    'not-found',
    `There is no memory ${hash}.`,
    'Search for it again: it may have been edited or deleted.',
  );

/** A store of which only the memories of one project can be seen, changed or told apart from what there is not. */
export class ProjectStore implements AgentStore {
  readonly #store: AgentStore;
  readonly #project: string;

  constructor(store: AgentStore, project: string) {
    this.#store = store;
    this.#project = normaliseProject(project);
  }

  async store(memory: NewMemory, options?: CallOptions) {
    const own = await this.#own(memory, options);
    await this.#checkTexts([memory.content], options);
    return this.#store.store(own, options);
  }

  async storeMany(memories: readonly NewMemory[], options?: CallOptions) {
    const own = await Promise.all(memories.map((memory) => this.#own(memory, options)));
    await this.#checkTexts(
      memories.map(({ content }) => content),
      options,
    );
    return this.#store.storeMany(own, options);
  }

  search(query: Parameters<AgentStore['search']>[0], options?: CallOptions) {
    return this.#store.search({ ...query, filter: this.#within(query.filter) }, options);
  }

  async get(contentHashes: readonly string[], options?: CallOptions): Promise<Memory[]> {
    const memories = await this.#store.get(contentHashes, options);
    return memories.filter((memory) => this.#holds(memory));
  }

  async resolve(prefix: string, options?: CallOptions): Promise<string[]> {
    const memories = await this.get(await this.#store.resolve(prefix, options), options);
    return memories.map(({ contentHash }) => contentHash);
  }

  list(query: Parameters<AgentStore['list']>[0], options?: CallOptions) {
    return this.#store.list({ ...query, filter: this.#within(query.filter) }, options);
  }

  count(filter: MemoryFilter, options?: CallOptions) {
    return this.#store.count(this.#within(filter), options);
  }

  async update(contentHash: string, patch: MemoryPatch, options?: CallOptions): Promise<Memory> {
    await this.#check([contentHash], options);
    this.#checkProject(patch.project);
    const leaves = patch.tags !== undefined && { tags: this.#ownTags(patch.tags) };
    this.#ownTags(patch.addTags);
    if (patch.removeTags?.some((tag) => normaliseTags([tag]).some(isProjectTag))) throw this.#otherProject();
    if (patch.content !== undefined) await this.#checkTexts([patch.content], options);
    return this.#store.update(contentHash, { ...patch, ...leaves }, options);
  }

  async delete(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    const visible = await this.get(contentHashes, options);
    return this.#store.delete(
      visible.map(({ contentHash }) => contentHash),
      options,
    );
  }

  async link(link: NewLink, options?: CallOptions): Promise<MemoryLink> {
    await this.#check([link.source, link.target], options);
    return this.#store.link(link, options);
  }

  async unlink(source: string, target: string, options?: CallOptions): Promise<boolean> {
    await this.#check([source, target], options);
    return this.#store.unlink(source, target, options);
  }

  /** A way through another project's memory is none. */
  async related(contentHash: string, hops?: number, options?: CallOptions): Promise<MemoryLink[]> {
    await this.#check([contentHash], options);
    const links = await this.#store.related(contentHash, hops, options);
    const ends = [...new Set(links.flatMap(({ source, target }) => [source, target]))];
    const visible = new Set((await this.get(ends, options)).map((memory) => memory.contentHash));
    return links.filter(({ source, target }) => visible.has(source) && visible.has(target));
  }

  async facets(kind: FacetKind, query: FacetQuery = {}, options?: CallOptions): Promise<Page<Facet>> {
    const counts = new Map<string, number>();
    const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
    const all = pagesOf((after) => this.list({ limit: PAGE, after, contentLimit: 0 }, options));
    for await (const page of all)
      for (const { tags, memoryType } of page)
        if (kind === 'projects') add(this.#project);
        else if (kind === 'types') [memoryType].filter((type) => type !== undefined).forEach(add);
        else tags.filter((tag) => !isProjectTag(tag)).forEach(add);
    const items = [...counts]
      .filter(([name]) => name.startsWith(query.prefix ?? ''))
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
    return { items: items.slice(0, query.limit ?? 50), next: undefined };
  }

  async stats(options?: CallOptions): Promise<MemoryStats> {
    const [{ embedding, mode }, live, pinned, tags] = await Promise.all([
      this.#store.stats(options),
      this.count({}, options),
      this.count({ pinned: true }, options),
      this.facets('tags', { limit: PAGE }, options),
    ]);
    return {
      live,
      deleted: await this.count({ state: 'deleted' }, options),
      pinned,
      tags: tags.items.length,
      projects: Math.min(live, 1),
      contentBytes: 0,
      storageBytes: undefined,
      oldest: (await this.list({ limit: 1, order: 'oldest', contentLimit: 0 }, options)).items[0]?.createdAt,
      newest: (await this.list({ limit: 1, contentLimit: 0 }, options)).items[0]?.createdAt,
      embedding: { space: embedding.space, embedded: 0, pending: 0 },
      mode,
    };
  }

  /** Its examples name memories of all projects. */
  async verify(options?: CallOptions) {
    const { checked, problems } = await this.#store.verify(options);
    return { checked, problems: problems.map((problem) => ({ ...problem, examples: [] })) };
  }

  async #own(memory: NewMemory, options: CallOptions | undefined): Promise<NewMemory> {
    this.#checkProject(memory.project);
    if (memory.supersedes !== undefined) await this.#check([memory.supersedes], options);
    this.#ownTags(memory.tags);
    return { ...memory, project: this.#project };
  }

  #within(filter: MemoryFilter = {}): MemoryFilter {
    this.#checkProject(filter.project);
    return { ...filter, project: this.#project };
  }

  #ownTags(tags: readonly string[] = []): string[] {
    const normal = normaliseTags(tags);
    if (projectsOf(normal).some((project) => project !== this.#project)) throw this.#otherProject();
    return normaliseTags([...normal, projectTag(this.#project)]);
  }

  #holds({ tags }: Memory): boolean {
    return projectsOf(tags).includes(this.#project);
  }

  async #check(hashes: readonly string[], options: CallOptions | undefined): Promise<void> {
    const visible = new Set((await this.get(hashes, options)).map(({ contentHash }) => contentHash));
    const hidden = hashes.find((hash) => !visible.has(hash));
    if (hidden !== undefined) throw notFound(hidden);
  }

  /** Equal texts are one memory: storing one that another project has would take it over, and answer what it holds. */
  async #checkTexts(contents: readonly string[], options: CallOptions | undefined): Promise<void> {
    const known = await this.#store.get([...new Set(contents.map(contentHashOf))], options);
    const foreign = known.find((memory) => memory.deletedAt === undefined && !this.#holds(memory));
    if (foreign === undefined) return;
    const given = contents.find((content) => contentHashOf(content) === foreign.contentHash) ?? '';
    throw new MemoryError(
      'forbidden',
      `Nothing was stored or changed: “${beginningOf(given.trim(), QUOTED)}” is stored outside of the project “${this.#project}” in the same words.`,
      'Word it for this project. A person can let agents use all memories in the settings.',
    );
  }

  #checkProject(project: string | null | undefined): void {
    if (project === undefined) return;
    if (project === null || normaliseProject(project) !== this.#project) throw this.#otherProject();
  }

  #otherProject(): MemoryError {
    return new MemoryError(
      'forbidden',
      `Agents may use memories of the project “${this.#project}” only.`,
      'Leave out the project. A person can change that in the settings.',
    );
  }
}
