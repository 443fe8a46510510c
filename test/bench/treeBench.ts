import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqliteObjectStore } from '../../src/local/sqliteObjectStore.ts';
import { SqliteVectorIndex } from '../../src/local/sqliteVectorIndex.ts';
import { openStoreFile } from '../../src/local/storeFile.ts';
import { InThreadEmbedder } from '../../src/local/useLite/inThreadEmbedder.ts';
import type { MemoryFilter } from '../../src/memory/memory.ts';
import { MemoryEngine } from '../../src/memory/memoryEngine.ts';
import { percentile, seeded, WordSource } from './corpus.ts';
import { type Figure, timed } from './measure.ts';

const SIZE = 100_000;
const BATCH = 1000;
/** 20 areas of 50 parts with 20 tags each. */
const TAGS = 20_000;
const PROJECTS = 300;
const RUNS = 20;
/** What the tree shows at once. */
const PAGE = 50;
const CONTENT = 600;

/** The first page of every part of the tree: 100,000 memories, 20,000 nested tags, 200,000 pairs of them. */
export const treeBench = async (useLite: string): Promise<Figure[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'edge-memory-bench-'));
  const random = seeded(11);
  const source = new WordSource(path.join(useLite, 'vocabulary.json'), random);
  const embedder = new InThreadEmbedder({ weightsDirectory: useLite });
  const { database, lock } = openStoreFile(path.join(folder, 'memory.db'));
  const engine = new MemoryEngine(
    {
      sql: database,
      vectors: new SqliteVectorIndex(database, embedder.model),
      objects: new SqliteObjectStore(database),
      embedder,
    },
    { largeContentBytes: 1_048_576 },
  );
  const tag = (): string => {
    const number = Math.floor(random() * TAGS);
    return `area${number % 20}:part${Math.floor(number / 20) % 50}:tag${number}`;
  };
  try {
    for (let done = 0; done < SIZE; done += BATCH) {
      const stored = await engine.storeMany(
        Array.from({ length: BATCH }, (_, i) => ({
          content: `${source.words(40)} ${done + i}`,
          tags: [tag(), tag()],
          project: `project-${Math.floor(random() ** 2 * PROJECTS)}`,
          memoryType: ['note', 'decision', 'bug', `own-${i % 40}`][i % 4],
          createdAt: 1_700_000_000 + (done + i) * 600,
          pinned: i % 200 === 0,
        })),
      );
      await engine.delete(stored.slice(0, BATCH / 20).map(({ contentHash }) => contentHash));
    }
    const list = (filter: MemoryFilter) => engine.list({ filter, limit: PAGE, contentLimit: CONTENT });
    const any = (filter: MemoryFilter) => engine.list({ filter, limit: 1, contentLimit: 0 });
    const level = async (parent?: string) => (await engine.tagTree({ parent })).items[0]?.name ?? '';
    const [day] = (await engine.days({ limit: 14 })).items;
    const area = await level();
    const part = await level(area);
    const parts: Readonly<Record<string, () => Promise<unknown>>> = {
      'which sections there are': () =>
        Promise.all([
          any({}),
          any({ pinned: true }),
          ...(['tags', 'types', 'projects'] as const).map((kind) =>
            engine.facets(kind, { limit: 1, order: 'name' }),
          ),
          engine.count({ state: 'deleted' }),
        ]),
      Recent: () => engine.days({ limit: 14 }),
      'a day': () => list({ time: day }),
      Pinned: () => list({ pinned: true }),
      Tags: () => engine.tagTree(),
      'Tags, by name': () => engine.tagTree({ order: 'name' }),
      'a tag with 50 levels below': () => level(area),
      'a tag with 20 tags below': () => level(part),
      Types: () => engine.facets('types'),
      'a type': () => list({ memoryType: 'note' }),
      Projects: () => engine.facets('projects'),
      'a project': () => list({ project: 'project-7' }),
      Deleted: () => list({ state: 'deleted' }),
      'Tags, filtered by a project': () => engine.tagTree({ filter: { project: 'project-7' } }),
    };
    const figures: Figure[] = [];
    for (const [name, read] of Object.entries(parts))
      figures.push({
        what: `tree, first page of ${name}, 100k with 20k nested tags, p50`,
        value: percentile(await timed(RUNS, read), 0.5),
        unit: 'ms',
        target: { atMost: 50 },
      });
    return figures;
  } finally {
    database.close();
    lock.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
