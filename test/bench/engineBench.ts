import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStoreFile } from '../../src/local/storeFile.ts';
import { SqliteObjectStore } from '../../src/local/sqliteObjectStore.ts';
import { SqliteVectorIndex } from '../../src/local/sqliteVectorIndex.ts';
import { InThreadEmbedder } from '../../src/local/useLite/inThreadEmbedder.ts';
import { MemoryEngine } from '../../src/memory/memoryEngine.ts';
import type { Embedder } from '../../src/memory/ports.ts';
import { near, percentile, seeded, WordSource } from './corpus.ts';
import { type Figure, timed } from './measure.ts';

/** Memories of about 420 characters, 3 tags, drawn with English word frequencies. */
const WORDS_PER_MEMORY = 75;
/** Vectors that the model really computed; the others are these with noise. */
const REAL_VECTORS = 500;
const NOISE = 0.6;
const QUERIES = 200;
const BATCH = 1000;

/** An embedder whose query vectors are known already: what is left is the search itself. */
const knownQueries = (embedder: Embedder, vectors: ReadonlyMap<string, Float32Array>): Embedder => ({
  model: embedder.model,
  embed: (texts, options) => {
    const known = texts.map((text) => vectors.get(text));
    return known.every((vector) => vector !== undefined)
      ? Promise.resolve(known)
      : embedder.embed(texts, options);
  },
});

export const engineBench = async (size: number, useLite: string): Promise<Figure[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'edge-memory-bench-'));
  const file = path.join(folder, 'memory.db');
  const random = seeded(size);
  const source = new WordSource(path.join(useLite, 'vocabulary.json'), random);
  const real = new InThreadEmbedder({ weightsDirectory: useLite });
  const label = `${size / 1000}k`;
  const figures: Figure[] = [];
  const { database, lock } = openStoreFile(file);
  const vectors = new SqliteVectorIndex(database, real.model);
  const known = new Map<string, Float32Array>();
  const engine = new MemoryEngine(
    { sql: database, vectors, objects: new SqliteObjectStore(database), embedder: knownQueries(real, known) },
    { largeContentBytes: 1_048_576 },
  );
  try {
    const sample = Array.from({ length: REAL_VECTORS }, () => source.words(12));
    const sampleStart = performance.now();
    const base = await real.embed(sample);
    const perText = (performance.now() - sampleStart) / sample.length;
    let bulk = 0;
    for (let done = 0; done < size; done += BATCH) {
      const memories = Array.from({ length: BATCH }, (_, i) => ({
        content: `${source.words(WORDS_PER_MEMORY)} ${done + i}`,
        tags: [`area:${Math.floor(random() * 200)}`, `kind-${Math.floor(random() * 20)}`, 'bench'],
        memoryType: ['note', 'decision', 'bug'][i % 3],
        createdAt: 1_700_000_000 + done + i,
      }));
      const start = performance.now();
      const stored = await engine.storeMany(memories);
      bulk += performance.now() - start;
      await vectors.upsert(
        stored.map(({ contentHash }, i) => {
          const vector = base[(done + i) % base.length];
          if (vector === undefined) throw new Error('no vector');
          return { contentHash, chunks: [near(vector, NOISE, random)] };
        }),
      );
    }
    database.run('DELETE FROM em_embed_queue');
    figures.push({
      what: `bulk store without embedding, per memory, ${label}`,
      value: bulk / size,
      unit: 'ms',
      target: { atMost: 0.3 },
    });

    const questions = Array.from({ length: QUERIES }, () => source.words(4));
    (await real.embed(questions)).forEach((vector, i) => known.set(questions[i] ?? '', vector));
    await engine.search({ query: 'warm up' });
    const searches = await timed(QUERIES, (i) => engine.search({ query: questions[i] ?? '' }));
    figures.push(
      {
        what: `hybrid search, ${label}, p50 (words by frequency, query embedding apart)`,
        value: percentile(searches, 0.5),
        unit: 'ms',
        target: { atMost: size > 10_000 ? 15 : 3 },
      },
      {
        what: `hybrid search, ${label}, p95`,
        value: percentile(searches, 0.95),
        unit: 'ms',
        ...(size > 10_000 && { target: { atMost: 60 } }),
      },
    );
    const keyword = await timed(QUERIES, (i) =>
      engine.search({ query: source.words(4), mode: 'keyword', limit: 10 + (i % 2) }),
    );
    figures.push({
      what: `keyword search, ${label}, new words each time, p50`,
      value: percentile(keyword, 0.5),
      unit: 'ms',
    });
    const filtered = await timed(50, (i) =>
      engine.search({ query: questions[i] ?? '', filter: { tags: [`area:${i}`] } }),
    );
    figures.push({
      what: `hybrid search with a tag filter, ${label}, p50`,
      value: percentile(filtered, 0.5),
      unit: 'ms',
    });
    const fresh = Array.from({ length: 30 }, () => source.words(6));
    const withEmbedding = await timed(30, (i) => engine.search({ query: fresh[i] ?? '' }));
    figures.push({
      what: `hybrid search with a new query's embedding, ${label}, p50`,
      value: percentile(withEmbedding, 0.5),
      unit: 'ms',
      target: { atMost: (size > 10_000 ? 15 : 3) + 40 },
    });
    // What the tree reads when it is opened: which sections there are, the days, and the first of them.
    const firstPage = await timed(20, async () => {
      await Promise.all([
        engine.list({ limit: 1, contentLimit: 0 }),
        engine.list({ limit: 1, contentLimit: 0, filter: { pinned: true } }),
        ...(['tags', 'types', 'projects'] as const).map((kind) => engine.facets(kind, { limit: 1 })),
        engine.count({ state: 'deleted' }),
      ]);
      const [newest] = (await engine.days({ limit: 14 })).items;
      return engine.list({ limit: 50, contentLimit: 600, filter: { time: newest } });
    });
    const tagPage = await timed(20, () => engine.tagTree());
    const typePage = await timed(20, () => engine.facets('types'));
    for (const [name, times] of [
      ['recent', firstPage],
      ['tags', tagPage],
      ['types', typePage],
    ] as const)
      figures.push({
        what: `tree, first page of ${name}, ${label}, p50`,
        value: percentile(times, 0.5),
        unit: 'ms',
        target: { atMost: 50 },
      });
    const overview = await timed(10, () =>
      engine.overview({ utcOffset: 3600, recentSince: 1_700_000_000 + size * 0.9 }),
    );
    figures.push({
      what: `numbers of the overview, ${label}, p50`,
      value: percentile(overview, 0.5),
      unit: 'ms',
      target: { atMost: 500 },
    });
    figures.push({
      what: `memory held for vectors, ${label}`,
      value: vectors.heldBytes / 1e6,
      unit: 'MB',
      ...(size > 10_000 && { target: { atMost: 20 } }),
    });
    figures.push({ what: 'embedding of a 12-word text', value: perText, unit: 'ms' });
    database.close();
    lock.close();

    const opens = await timed(5, async () => {
      const again = openStoreFile(file);
      const index = new SqliteVectorIndex(again.database, real.model);
      const first = base[0];
      // The first question makes the index read its codes.
      if (first) await index.query(first, { topK: 10 });
      again.database.close();
      again.lock.close();
    });
    figures.push({
      what: `open, with the vectors read, ${label}`,
      value: percentile(opens, 0.5),
      unit: 'ms',
      ...(size > 10_000 && { target: { atMost: 400 } }),
    });
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
