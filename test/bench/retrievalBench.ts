import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openLocalStore } from '../../src/local/openLocalStore.ts';
import type { LocalStore } from '../../src/local/localStore.ts';
import type { SearchMode } from '../../src/memory/memory.ts';
import type { MemoryStore } from '../../src/memory/memoryStore.ts';
import type { Figure } from './measure.ts';

interface RetrievalSet {
  readonly memories: readonly { readonly id: string; readonly content: string }[];
  readonly queries: readonly { readonly query: string; readonly relevant: string }[];
}

const K = 10;

/** On this machine, with the offline embedder. */
export const retrievalBench = async (setFile: URL, useLite: string): Promise<Figure[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'edge-memory-bench-'));
  const store = await openLocalStore({
    database: path.join(folder, 'memory.db'),
    weightsDirectory: useLite,
    background: false,
  });
  try {
    return await retrievalFigures(store, setFile);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** One right answer a question: recall@10 is its presence, nDCG@10 the discount of its place. */
export const retrievalFigures = async (
  store: MemoryStore & Pick<LocalStore, 'embedPending'>,
  setFile: URL,
  model?: string,
): Promise<Figure[]> => {
  const set = JSON.parse(readFileSync(setFile, 'utf8')) as RetrievalSet;
  const stored = await store.storeMany(set.memories.map(({ content }) => ({ content })));
  await store.embedPending();
  const hashes = new Map(set.memories.map(({ id }, i) => [id, stored[i]?.contentHash]));
  const figures: Figure[] = [];
  for (const mode of ['hybrid', 'keyword', 'meaning'] satisfies SearchMode[]) {
    const places: number[] = [];
    for (const { query, relevant } of set.queries) {
      const { hits } = await store.search({ query, mode, limit: K });
      places.push(hits.findIndex(({ memory }) => memory.contentHash === hashes.get(relevant)));
    }
    const mean = (value: (place: number) => number) =>
      places.reduce((sum, at) => sum + (at < 0 ? 0 : value(at)), 0) / places.length;
    const figure = (what: string, value: number, atLeast?: number): Figure => ({
      what: `${what}, ${mode}, developer memories${model === undefined ? '' : ` (${model})`}`,
      value,
      unit: '',
      ...(atLeast !== undefined && mode === 'hybrid' && { target: { atLeast } }),
    });
    figures.push(
      figure(
        'recall@10',
        mean(() => 1),
        0.88,
      ),
      figure(
        'nDCG@10',
        mean((at) => 1 / Math.log2(at + 2)),
        0.69,
      ),
      figure(
        'MRR',
        mean((at) => 1 / (at + 1)),
      ),
      figure(
        'hit@1',
        mean((at) => Number(at === 0)),
      ),
    );
  }
  return figures;
};
