import assert from 'node:assert/strict';
import type { MemoryVectors } from '../../../src/memory/ports.ts';
import { SqliteVectorIndex } from '../../../src/local/sqliteVectorIndex.ts';
import { type OpenFile, openStoreFile } from '../../../src/local/storeFile.ts';
import { dot, near, randomFrom, randomVector } from '../support/randomVectors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const model = { space: 'random', dimensions: 512 };
const random = randomFrom(20);
const CLUSTERS = 40;
const MEMORIES = 2500;
const K = 10;

/** Texts come in subjects: vectors in clusters, mean cosine within one .5. */
const centres = Array.from({ length: CLUSTERS }, () => randomVector(model.dimensions, random));
const centreOf = (i: number): Float32Array => centres[i % CLUSTERS] ?? new Float32Array(model.dimensions);

const hash = (i: number): string => `hash${i}`;
const vectors = Array.from({ length: MEMORIES }, (_, i) => near(centreOf(i), 1, random));
const queries = Array.from({ length: 50 }, (_, i) => near(centreOf(i), 1, random));

/** The truth: the most similar of these memories by their whole vectors. */
const exactly = (query: Float32Array, among: readonly number[], k = K): string[] =>
  among
    .map((i) => ({ name: hash(i), similarity: dot(query, vectors[i] ?? query) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, k)
    .map(({ name }) => name);

const recallOf = (found: readonly string[], truth: readonly string[]): number =>
  truth.filter((name) => found.includes(name)).length / truth.length;

describe('The index of vectors', () => {
  const folder = temporaryFolder();
  const opened: OpenFile[] = [];
  let index: SqliteVectorIndex;
  let database: OpenFile['database'];

  /** A connection of its own, as another process has it. */
  const open = (space = model.space): SqliteVectorIndex => {
    const file = openStoreFile(folder('memory.db'));
    opened.push(file);
    return new SqliteVectorIndex(file.database, { ...model, space });
  };
  const addMemories = (count: number, from = 0): void => {
    database.run(
      `INSERT INTO memories (content_hash, content, created_at, created_at_iso)
       SELECT 'hash' || value, 'text', 0, '' FROM json_each(?)`,
      JSON.stringify(Array.from({ length: count }, (_, i) => from + i)),
    );
  };
  const entry = (i: number, ...chunks: readonly Float32Array[]): MemoryVectors => ({
    contentHash: hash(i),
    chunks: chunks.length > 0 ? chunks : [vectors[i] ?? new Float32Array()],
  });
  const all = Array.from({ length: MEMORIES }, (_, i) => i);
  const fill = async (): Promise<void> => {
    addMemories(MEMORIES);
    await index.upsert(all.map((i) => entry(i)));
  };
  const namesOf = async (from: SqliteVectorIndex, query: Float32Array, topK = K): Promise<string[]> =>
    (await from.query(query, { topK })).map(({ contentHash }) => contentHash);
  const meanRecall = async (among: readonly number[], within?: { sql: string }): Promise<number> => {
    let sum = 0;
    for (const query of queries) {
      const found = await index.query(query, { topK: K, within });
      sum += recallOf(
        found.map(({ contentHash }) => contentHash),
        exactly(query, among),
      );
    }
    return sum / queries.length;
  };

  beforeEach(() => {
    index = open();
    const [first] = opened;
    if (first) ({ database } = first);
  });
  afterEach(() => {
    for (const file of opened.splice(0)) {
      file.database.close();
      file.lock.close();
    }
  });

  it(`finds at least 95 % of the ${K} most similar of ${MEMORIES} memories, most similar first`, async () => {
    await fill();
    const recall = await meanRecall(all);
    assert.ok(recall >= 0.95, `recall ${recall}`);
    const found = await index.query(vectors[7] ?? new Float32Array(), { topK: K });
    assert.deepEqual(
      found.map(({ similarity }) => similarity),
      found.map(({ similarity }) => similarity).sort((a, b) => b - a),
    );
    assert.deepEqual({ ...found[0], similarity: 1 }, { contentHash: hash(7), chunk: 0, similarity: 1 });
    assert.ok(Math.abs((found[0]?.similarity ?? 0) - 1) < 0.001);
  });

  describe('where only some memories may be answered', () => {
    beforeEach(fill);

    it('ranks a few of them exactly', async () => {
      const few = all.filter((i) => i % 25 === 0);
      const within = { sql: `SELECT id FROM memories WHERE (id - 1) % 25 = 0` };
      assert.ok((await meanRecall(few, within)) >= 0.99);
    });

    it('answers all ten of ten, wherever they point', async () => {
      const within = { sql: 'SELECT id FROM memories WHERE id <= 10' };
      const found = await index.query(queries[0] ?? new Float32Array(), { topK: 20, within });
      assert.deepEqual(found.map(({ contentHash }) => contentHash).sort(), all.slice(0, 10).map(hash).sort());
    });

    it('scans many of them', async () => {
      const many = all.filter((i) => i % 3 !== 0);
      const within = { sql: 'SELECT id FROM memories WHERE (id - 1) % 3 <> 0' };
      const recall = await meanRecall(many, within);
      assert.ok(recall >= 0.95, `recall ${recall}`);
      const found = await index.query(vectors[1] ?? new Float32Array(), { topK: 100, within });
      assert.equal(found.length, 100);
      assert.ok(found.every(({ contentHash }) => Number(contentHash.slice(4)) % 3 !== 0));
    });

    it('answers nothing where there are none', async () => {
      const within = { sql: 'SELECT id FROM memories WHERE id < 0' };
      assert.deepEqual(await index.query(queries[0] ?? new Float32Array(), { topK: K, within }), []);
    });
  });

  it('answers as many as asked', async () => {
    await fill();
    assert.equal((await namesOf(index, queries[0] ?? new Float32Array(), 500)).length, 500);
  });

  it('answers the best chunk of each memory, once', async () => {
    addMemories(3);
    const [query, other, third] = queries;
    assert.ok(query && other && third);
    await index.upsert([
      entry(0, other, near(query, 0.3, random), third),
      entry(1, near(query, 0.6, random)),
    ]);
    const found = await index.query(query, { topK: K });
    assert.deepEqual(
      found.map(({ contentHash, chunk }) => [contentHash, chunk]),
      [
        [hash(0), 1],
        [hash(1), 0],
      ],
    );
    assert.equal(await index.count(), 2, 'memories, not chunks');
  });

  it('replaces all vectors of a memory', async () => {
    addMemories(1);
    const [old, now] = queries;
    assert.ok(old && now);
    await index.upsert([entry(0, old, old, old)]);
    await index.upsert([entry(0, now)]);
    const found = await index.query(old, { topK: K });
    assert.equal(found.length, 1);
    assert.ok((found[0]?.similarity ?? 1) < 0.9, 'the old vector is gone');
    assert.equal(Number(database.get('SELECT count(*) AS n FROM em_local_codes')?.['n']), 1);
  });

  it('forgets what is deleted, and takes nothing for memories that are not there', async () => {
    await fill();
    const query = vectors[0] ?? new Float32Array();
    assert.equal((await namesOf(index, query))[0], hash(0));
    await index.delete([hash(0), hash(40), 'unknown']);
    const found = await namesOf(index, query);
    assert.equal(found.length, K);
    assert.ok(!found.includes(hash(0)) && !found.includes(hash(40)));
    assert.equal(await index.count(), MEMORIES - 2);
    database.run('UPDATE memories SET deleted_at = 1 WHERE content_hash = ?', hash(1));
    await index.delete([hash(1)]);
    await index.upsert([entry(1), { contentHash: 'unknown', chunks: [query] }]);
    assert.equal(await index.count(), MEMORIES - 3);
  });

  it('still finds the rest when most of what pointed there is gone', async () => {
    await fill();
    const query = centreOf(0);
    await namesOf(index, query);
    const other = open();
    await other.delete(all.filter((i) => i % CLUSTERS === 0 || i % CLUSTERS > 3).map(hash));
    const left = all.filter((i) => i % CLUSTERS > 0 && i % CLUSTERS <= 3);
    assert.equal(recallOf(await namesOf(index, query), exactly(query, left)) >= 0.9, true);
    assert.equal((await namesOf(index, query, 150)).length, 150);
  });

  it('sees what other processes add and change', async () => {
    addMemories(3);
    const other = open();
    const [query, another] = queries;
    assert.ok(query && another);
    await other.upsert([entry(0, query)]);
    assert.deepEqual(await namesOf(index, query, 1), [hash(0)]);
    await other.upsert([entry(0, another), entry(1, query)]);
    assert.deepEqual(await namesOf(index, query, 1), [hash(1)]);
    assert.deepEqual(await namesOf(index, another, 1), [hash(0)]);
    await other.delete([hash(1)]);
    assert.deepEqual(await namesOf(index, query, 5), [hash(0)]);
  });

  it('counts memories without reading their vectors', () => {
    const [plan] = database.all(
      'EXPLAIN QUERY PLAN SELECT count(DISTINCT memory_id) FROM em_local_vectors WHERE space = ?',
      model.space,
    );
    assert.match(String(plan?.['detail']), /USING COVERING INDEX/);
  });

  it('does not compare vectors of two models', async () => {
    addMemories(2);
    const [query] = queries;
    assert.ok(query);
    await open('another model').upsert([entry(0, query)]);
    await index.upsert([entry(1, query)]);
    assert.deepEqual(await namesOf(index, query), [hash(1)]);
    assert.equal(await index.count(), 1);
  });

  it('refuses a question of another size, and one that was aborted', async () => {
    await assert.rejects(index.query(new Float32Array(3), { topK: K }), /3 dimensions/);
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    const [query] = queries;
    assert.ok(query);
    await assert.rejects(index.query(query, { topK: K, signal }), reason);
    await assert.rejects(index.upsert([entry(0)], { signal }), reason);
    await assert.rejects(index.delete([hash(0)], { signal }), reason);
  });

  it('holds 100,000 vectors in less than 20 MB', async () => {
    await fill();
    await namesOf(index, queries[0] ?? new Float32Array());
    const held = (index.heldBytes / MEMORIES) * 100_000;
    assert.ok(held > 6e6 && held < 20e6, `${(held / 1e6).toFixed(1)} MB`);
  });
});
