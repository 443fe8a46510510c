import { MapThread, type MapEvent } from '../../local/map/mapThread.ts';
import { readMap, writeMap } from '../../local/map/mapFile.ts';
import type { Memory } from '../../memory/memory.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';
import { pagesOf } from '../../memory/pagesOf.ts';
import type { CallOptions } from '../../memory/ports.ts';

/** The newest so many are drawn. */
const MOST = 20_000;
/** The store's own limit for one page. */
const PAGE = 1000;
/** From how many more (or fewer) memories than the map was made of it is made anew. */
const GROWN = 1.25;

export interface MapOptions {
  readonly store: Pick<MemoryStore, 'list' | 'vectors' | 'stats'>;
  /** Where the map is kept. */
  readonly file: () => string;
  /** The script of the thread that computes it. */
  readonly worker: URL;
}

export interface LoadedMap {
  readonly memories: readonly Memory[];
  readonly positions: Float32Array;
  readonly total: number;
}

interface KeptMap extends LoadedMap {
  readonly space: string;
  /** Of how many memories the map was made; those that came later lie beside their neighbours. */
  readonly settled: number;
}

/** Where memories lie by their meaning: kept in a file, computed in a thread, so much as is missing. */
export class MemoryMap {
  readonly #options: MapOptions;
  /** Only while something is placed: what it needs for that is given back at once. */
  #thread: MapThread | undefined;
  #loaded: KeptMap | undefined;

  constructor(options: MapOptions) {
    this.#options = options;
  }

  /** The memories, and where those lie that were placed before. */
  load(options?: CallOptions): Promise<LoadedMap> {
    return this.#load(options);
  }

  async #load(options?: CallOptions): Promise<KeptMap> {
    const { store, file } = this.#options;
    const [memories, known, stats] = await Promise.all([
      this.#newest(options),
      readMap(file()),
      store.stats(options),
    ]);
    const space = stats.embedding.space ?? '';
    const positions = new Float32Array(memories.length * 2).fill(NaN);
    if (known?.space === space) {
      const rows = new Map(known.contentHashes.map((hash, row) => [hash, row]));
      for (const [i, { contentHash }] of memories.entries()) {
        const row = rows.get(contentHash);
        if (row !== undefined) positions.set(known.positions.subarray(row * 2, row * 2 + 2), i * 2);
      }
    }
    const settled = known?.space === space ? known.settled : 0;
    this.#loaded = { memories, positions, total: stats.live, space, settled };
    return this.#loaded;
  }

  /** Gives a place to every memory that was loaded and has a vector. */
  async place(onEvent: (event: MapEvent) => void, options?: CallOptions): Promise<Float32Array> {
    const { memories, positions, space, settled } = this.#loaded ?? (await this.#load(options));
    const isPlaced = (row: number): boolean => !Number.isNaN(positions[row * 2]);
    const rows = memories.map((_, row) => row);
    const missing = await this.#vectorsOf(
      memories,
      rows.filter((row) => !isPlaced(row)),
      options,
    );
    if (missing.size === 0) return positions;
    const rest = await this.#vectorsOf(memories, rows.filter(isPlaced), options);
    const vectors = new Map([...rest, ...missing]);
    const anew = vectors.size > settled * GROWN || vectors.size * GROWN < settled;
    const order = [...vectors.keys()].sort((a, b) => a - b);
    const matrix = matrixOf(order.map((row) => vectors.get(row)));
    const own = Float32Array.from(
      order.flatMap((row) => [positions[row * 2] ?? NaN, positions[row * 2 + 1] ?? NaN]),
    );
    // What is on the screen stays until the new map is there.
    const tell = (event: MapEvent): void => {
      if (event.kind === 'progress') onEvent(event);
      else if (rest.size === 0)
        onEvent({ kind: 'quick', positions: spread(event.positions, order, memories.length) });
    };
    const placed = await this.#inThread((thread) =>
      anew ? thread.layOut(matrix, tell, options) : thread.placeNew(matrix, own, tell, options),
    );
    await writeMap(this.#options.file(), {
      space,
      settled: anew ? order.length : settled,
      contentHashes: order.map((row) => memories[row]?.contentHash ?? ''),
      positions: placed,
    });
    const all = spread(placed, order, memories.length);
    if (this.#loaded?.memories === memories)
      this.#loaded = { ...this.#loaded, positions: all, settled: anew ? order.length : settled };
    return all;
  }

  /** Forgets what was loaded; the file keeps it. */
  release(): void {
    this.#loaded = undefined;
  }

  dispose(): void {
    void this.#thread?.close();
  }

  async #inThread<T>(compute: (thread: MapThread) => Promise<T>): Promise<T> {
    const thread = new MapThread(this.#options.worker);
    this.#thread = thread;
    try {
      return await compute(thread);
    } finally {
      await thread.close();
    }
  }

  async #newest(options?: CallOptions): Promise<Memory[]> {
    const memories: Memory[] = [];
    const { store } = this.#options;
    const all = pagesOf((after) => store.list({ limit: PAGE, after, contentLimit: 0 }, options));
    for await (const page of all) {
      memories.push(...page);
      if (memories.length >= MOST) break;
    }
    return memories;
  }

  /** By the row of the memory. */
  async #vectorsOf(
    memories: readonly Memory[],
    rows: readonly number[],
    options?: CallOptions,
  ): Promise<Map<number, Int8Array>> {
    const byHash = new Map(rows.map((row) => [memories[row]?.contentHash ?? '', row]));
    const hashes = [...byHash.keys()];
    const found = new Map<number, Int8Array>();
    for (let at = 0; at < hashes.length; at += PAGE)
      for (const { contentHash, values } of await this.#options.store.vectors(
        hashes.slice(at, at + PAGE),
        options,
      )) {
        const row = byHash.get(contentHash);
        if (row !== undefined) found.set(row, values);
      }
    return found;
  }
}

const matrixOf = (vectors: readonly (Int8Array | undefined)[]) => {
  const columns = vectors[0]?.length ?? 0;
  const values = new Int8Array(vectors.length * columns);
  for (const [i, vector] of vectors.entries())
    if (vector?.length === columns) values.set(vector, i * columns);
  return { values, columns };
};

/** Positions of some rows among all; NaN for the others. */
const spread = (positions: Float32Array, rows: readonly number[], all: number): Float32Array => {
  const spreadOut = new Float32Array(all * 2).fill(NaN);
  for (const [i, row] of rows.entries()) spreadOut.set(positions.subarray(i * 2, i * 2 + 2), row * 2);
  return spreadOut;
};
