import { readRecords } from './answerSize.ts';
import { dayPage } from './days.ts';
import { EmbeddingQueue } from './embeddingQueue.ts';
import { MemoryError } from './errors.ts';
import { facetPage } from './facets.ts';
import { addLinks, lineageOf, linkMemories, linksAround, unlinkMemories } from './graph.ts';
import { groupsOf } from './groups.ts';
import { repairRecords, verifyRecords } from './health.ts';
import { iteratePages } from './iteratePages.ts';
import { countMatching, listPage, statsFrom, statsStatements } from './listing.ts';
import type {
  Day,
  DayQuery,
  Facet,
  FacetKind,
  FacetQuery,
  LineageStep,
  ListQuery,
  Memory,
  MemoryFilter,
  MemoryLink,
  MemoryOverview,
  MemoryPatch,
  MemoryStats,
  MemoryVector,
  NewLink,
  NewMemory,
  OverviewQuery,
  Page,
  SearchAnswer,
  SearchQuery,
  StoreEvent,
  StoreResult,
  TagBranch,
  TagChange,
  TagTreeQuery,
  VerifyReport,
} from './memory.ts';
import type { MemoryStore } from './memoryStore.ts';
import { MemoryRemover } from './memoryRemover.ts';
import { MemoryWriter, wholeMemory } from './memoryWriter.ts';
import { overviewFrom, overviewStatements } from './overview.ts';
import type { CallOptions } from './ports.ts';
import { normaliseProject } from './projects.ts';
import {
  dayQuerySchema,
  facetKindSchema,
  facetQuerySchema,
  filterSchema,
  listQuerySchema,
  newLinkSchema,
  newMemorySchema,
  overviewQuerySchema,
  parse,
  patchSchema,
  searchQuerySchema,
  tagChangesSchema,
  tagTreeQuerySchema,
  vectorHashesSchema,
} from './schemas.ts';
import { Searcher } from './search/searcher.ts';
import { tagTreePage } from './tagTree.ts';
import { type EnginePorts, type EngineSettings, WriteContext } from './writeContext.ts';

/** Links written in one transaction. */
const LINKED_TOGETHER = 1000;

/** The one implementation of what a memory store does, over four ports. */
export class MemoryEngine implements MemoryStore {
  readonly queue: EmbeddingQueue;
  readonly #ports: EnginePorts;
  readonly #settings: EngineSettings;
  readonly #searcher: Searcher;
  readonly #context: WriteContext;
  readonly #writer: MemoryWriter;
  readonly #remover: MemoryRemover;
  readonly #listeners = new Set<(event: StoreEvent) => void>();

  constructor(ports: EnginePorts, settings: EngineSettings) {
    this.#ports = ports;
    this.#settings = settings;
    this.#searcher = new Searcher(ports.sql, ports.vectors, ports.embedder);
    this.queue = new EmbeddingQueue(ports);
    this.#context = new WriteContext(ports, settings, this.queue, {
      announce: (event) => this.announce(event),
      waiting: () => this.waiting(),
    });
    this.#writer = new MemoryWriter(this.#context);
    this.#remover = new MemoryRemover(this.#context);
  }

  async store(memory: NewMemory, options?: CallOptions): Promise<StoreResult> {
    const [result] = await this.storeMany([memory], options);
    if (result === undefined) throw new Error('storing one memory gave no result');
    return result;
  }

  async storeMany(memories: readonly NewMemory[], options?: CallOptions): Promise<StoreResult[]> {
    return this.#writer.store(
      memories.map((memory) => parse(newMemorySchema, 'The memory', memory)),
      options,
    );
  }

  async search(query: SearchQuery, options?: CallOptions): Promise<SearchAnswer> {
    return this.#searcher.search(parse(searchQuerySchema, 'The search', query), options);
  }

  async get(contentHashes: readonly string[], options?: CallOptions): Promise<Memory[]> {
    const memories = new Map<string, Memory>();
    for (const record of await readRecords(this.#ports.sql, contentHashes, options))
      memories.set(record.memory.contentHash, await wholeMemory(this.#ports.objects, record, options));
    return contentHashes.flatMap((hash) => memories.get(hash) ?? []);
  }

  async resolve(prefix: string, options?: CallOptions): Promise<string[]> {
    if (!/^[0-9a-f]{4,64}$/.test(prefix))
      throw new MemoryError(
        'invalid-input',
        `“${prefix.slice(0, 70)}” is not the beginning of a memory's hash.`,
        'Give 4 to 64 of its hexadecimal digits.',
      );
    const [rows = []] = await this.#ports.sql.read(
      // A range, which the index answers; `g` follows the last hexadecimal digit.
      [
        {
          sql: 'SELECT content_hash FROM memories WHERE content_hash >= ? AND content_hash < ? ORDER BY content_hash LIMIT 10',
          params: [prefix, `${prefix}g`],
        },
      ],
      options,
    );
    return rows.map((row) => String(row['content_hash']));
  }

  async list(query: ListQuery, options?: CallOptions): Promise<Page<Memory>> {
    const page = await listPage(this.#ports.sql, parse(listQuerySchema, 'The list', query), options);
    return { items: page.items.map(({ memory }) => memory), next: page.next };
  }

  iterate(filter: MemoryFilter, options?: CallOptions): AsyncGenerator<Memory> {
    return iteratePages(this, filter, options);
  }

  async count(filter: MemoryFilter, options?: CallOptions): Promise<number> {
    return countMatching(this.#ports.sql, parse(filterSchema, 'The filter', filter), options);
  }

  async update(contentHash: string, patch: MemoryPatch, options?: CallOptions): Promise<Memory> {
    return this.#writer.update(contentHash, parse(patchSchema, 'The change', patch), options);
  }

  async retag(changes: readonly TagChange[], options?: CallOptions): Promise<string[]> {
    return this.#writer.retag(parse(tagChangesSchema, 'The change of tags', changes), options);
  }

  delete(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    return this.#remover.delete(contentHashes, options);
  }

  restore(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    return this.#remover.restore(contentHashes, options);
  }

  purge(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    return this.#remover.purge(contentHashes, options);
  }

  /** Makes up for what failed earlier: vectors that memories wait for, and what was left behind. */
  settle(options?: CallOptions): Promise<void> {
    return this.#context.settle(options);
  }

  /** Removes objects that seem to belong to no record, where that is so. */
  protected removeUnowned(keys: readonly string[], options?: CallOptions): Promise<void> {
    return this.#context.removeUnowned(keys, options);
  }

  /** Called when there may be something for `settle` to do; the embedded store looks at its queue by itself. */
  protected waiting(): void {
    return;
  }

  async link(link: NewLink, options?: CallOptions): Promise<MemoryLink> {
    const made = await linkMemories(
      this.#ports.sql,
      parse(newLinkSchema, 'The link', link),
      this.#seconds(),
      options,
    );
    this.#changed();
    return made;
  }

  async linkMany(links: readonly NewLink[], options?: CallOptions): Promise<void> {
    const checked = links.map((link) => parse(newLinkSchema, 'The link', link));
    for (const group of groupsOf(checked, LINKED_TOGETHER))
      await addLinks(this.#ports.sql, group, this.#seconds(), options);
    if (checked.length > 0) this.#changed();
  }

  async unlink(source: string, target: string, options?: CallOptions): Promise<boolean> {
    const removed = await unlinkMemories(this.#ports.sql, source, target, options);
    if (removed) this.#changed();
    return removed;
  }

  async related(contentHash: string, hops = 1, options?: CallOptions): Promise<MemoryLink[]> {
    if (!Number.isInteger(hops) || hops < 1 || hops > 5)
      throw new MemoryError(
        'invalid-input',
        `${hops} steps through the graph are not possible.`,
        'Ask for 1 to 5.',
      );
    return linksAround(this.#ports.sql, contentHash, hops, options);
  }

  history(contentHash: string, options?: CallOptions): Promise<LineageStep[]> {
    return lineageOf(this.#ports.sql, contentHash, options);
  }

  async facets(kind: FacetKind, query?: FacetQuery, options?: CallOptions): Promise<Page<Facet>> {
    return facetPage(
      this.#ports.sql,
      parse(facetKindSchema, 'The kind of names', kind),
      parse(facetQuerySchema, 'The query for names', query ?? {}),
      options,
    );
  }

  async tagTree(query?: TagTreeQuery, options?: CallOptions): Promise<Page<TagBranch>> {
    return tagTreePage(
      this.#ports.sql,
      parse(tagTreeQuerySchema, 'The query for tags', query ?? {}),
      options,
    );
  }

  async days(query?: DayQuery, options?: CallOptions): Promise<Page<Day>> {
    return dayPage(this.#ports.sql, parse(dayQuerySchema, 'The query for days', query ?? {}), options);
  }

  async keepProjectLocal(project: string, localOnly: boolean, options?: CallOptions): Promise<void> {
    await this.#ports.sql.write(
      [
        {
          sql: `INSERT INTO em_projects (name, local_only) VALUES (?, CAST(? AS INTEGER))
            ON CONFLICT (name) DO UPDATE SET local_only = excluded.local_only`,
          params: [normaliseProject(project), Number(localOnly)],
        },
      ],
      options,
    );
    this.#changed();
  }

  async localProjects(options?: CallOptions): Promise<string[]> {
    const [rows = []] = await this.#ports.sql.read(
      [{ sql: 'SELECT name FROM em_projects WHERE local_only = 1 ORDER BY name' }],
      options,
    );
    return rows.map((row) => String(row['name']));
  }

  async stats(options?: CallOptions): Promise<MemoryStats> {
    const { sql, vectors } = this.#ports;
    const { counts, bytes, names } = statsStatements;
    const [answers, embedded] = await Promise.all([
      sql.read([counts, bytes, names], options),
      vectors.count(options),
    ]);
    return statsFrom(answers, this.#beside(embedded));
  }

  async overview(query: OverviewQuery, options?: CallOptions): Promise<MemoryOverview> {
    const asked = parse(overviewQuerySchema, 'The query for the overview', query);
    const { sql, vectors } = this.#ports;
    const [answers, embedded] = await Promise.all([
      sql.read(overviewStatements(asked), options),
      vectors.count(options),
    ]);
    return overviewFrom(answers, asked, this.#beside(embedded));
  }

  async vectors(contentHashes: readonly string[], options?: CallOptions): Promise<MemoryVector[]> {
    return this.#ports.vectors.read(
      parse(vectorHashesSchema, 'The list of memories', contentHashes),
      options,
    );
  }

  /** What the statistics say beside the numbers of the records. */
  #beside(embedded: number) {
    return {
      storageBytes: this.#settings.storageBytes?.(),
      space: this.#ports.embedder.model.space,
      embedded,
      mode: this.#searcher.modeFor('hybrid'),
    };
  }

  verify(options?: CallOptions): Promise<VerifyReport> {
    return verifyRecords(this.#ports.sql, this.#settings.checks ?? [], options);
  }

  async repair(options?: CallOptions): Promise<VerifyReport> {
    await repairRecords(this.#ports.sql, this.#settings.checks ?? [], await this.verify(options), options);
    this.#changed();
    return this.verify(options);
  }

  onDidChange(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells the listeners what happened outside the engine's own methods. */
  announce(event: StoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #changed(): void {
    this.announce({ kind: 'changed', by: 'this-process' });
  }

  #seconds(): number {
    return (this.#settings.now?.() ?? Date.now()) / 1000;
  }
}
