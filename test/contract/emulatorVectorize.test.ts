import assert from 'node:assert/strict';
import type { Emulator } from '../emulator/emulator.ts';
import { startEmulator } from '../emulator/emulator.ts';
import { createIndex, get, lines, ndjson, refusal, send, withEmulator } from './emulatorRequests.ts';

interface Matches {
  readonly count: number;
  readonly matches: readonly { id: string; score: number; values?: number[]; metadata?: object }[];
}

const indexes = '/vectorize/v2/indexes';
const unit = (id: string, metadata?: object) => ({ id, values: [1, 0, 0], ...(metadata && { metadata }) });

describe('the emulated Vectorize', () => {
  let now = Date.UTC(2026, 0, 1);
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator({ now: () => (now += 10) });
  });
  after(() => emulator.close());

  const upsert = (index: string, ...vectors: object[]) =>
    get<{ mutationId: string }>(emulator, 'POST', `${index}/upsert`, lines(...vectors), ndjson);
  const query = (index: string, body: object = {}) =>
    get<Matches>(emulator, 'POST', `${index}/query`, { vector: [1, 0, 0], ...body });
  const idsOf = ({ matches }: Matches) => matches.map(({ id }) => id);

  describe('indexes', () => {
    it('are described, listed, and measured', async () => {
      const index = await createIndex(emulator, 'described', 768);
      const { config, name } = await get<{ config: object; name: string }>(emulator, 'GET', index);
      assert.deepEqual([name, config], ['described', { dimensions: 768, metric: 'cosine' }]);
      const listed = await get<{ name: string }[]>(emulator, 'GET', indexes);
      assert.ok(listed.some((each) => each.name === 'described'));
      const info = await get<Record<string, unknown>>(emulator, 'GET', `${index}/info`);
      assert.deepEqual(
        [info['dimensions'], info['vectorCount'], info['processedUpToMutation']],
        [768, 0, null],
      );
    });

    it('refuse a name that exists (3002), dimensions outside 1–1536, and another metric', async () => {
      await createIndex(emulator, 'taken');
      const create = (name: string, dimensions: number, metric = 'cosine') =>
        refusal(emulator, 'POST', indexes, { name, config: { dimensions, metric } });
      assert.equal(await create('taken', 3), '400/3002');
      assert.equal(await create('bad-dimensions', 0), '400/1005');
      assert.equal(await create('bad-dimensions', 1537), '400/1005');
      assert.equal(await create('bad-metric', 3, 'manhattan'), '400/1005');
    });

    it('are 404/3000 when they never were, 410/3005 when deleted', async () => {
      const index = await createIndex(emulator, 'deleted');
      await get(emulator, 'DELETE', index);
      assert.equal(await refusal(emulator, 'GET', index), '410/3005');
      assert.equal(await refusal(emulator, 'GET', `${indexes}/never`), '404/3000');
      await createIndex(emulator, 'deleted');
    });
  });

  describe('vectors', () => {
    it('rank by cosine, euclidean distance or dot product', async () => {
      const vectors = [
        { id: 'same', values: [2, 0, 0] },
        { id: 'near', values: [1, 1, 0] },
        { id: 'far', values: [-4, 0, 0] },
      ];
      const expected = {
        cosine: { same: 1, near: Math.SQRT1_2, far: -1 },
        euclidean: { same: 1, near: 1, far: 5 },
        'dot-product': { same: 2, near: 1, far: -4 },
      };
      for (const [metric, scores] of Object.entries(expected)) {
        const index = await createIndex(emulator, `metric-${metric}`, 3, metric);
        await upsert(index, ...vectors);
        const { matches } = await query(index);
        assert.deepEqual(idsOf({ count: 3, matches }), ['same', 'near', 'far']);
        for (const { id, score } of matches) {
          assert.ok(Math.abs(score - scores[id as keyof typeof scores]) < 1e-6, `${metric} ${id} ${score}`);
        }
      }
    });

    it('give the best topK, 5 unless asked, with values and metadata as asked', async () => {
      const index = await createIndex(emulator, 'top');
      await upsert(
        index,
        ...Array.from({ length: 120 }, (_, i) => ({
          id: `v${i}`,
          values: [1, i / 100, 0],
          metadata: { i },
        })).reverse(),
      );
      assert.deepEqual(idsOf(await query(index)), ['v0', 'v1', 'v2', 'v3', 'v4']);
      assert.equal((await query(index, { topK: 100 })).count, 100);
      const [match] = (await query(index, { topK: 50, returnValues: true, returnMetadata: 'all' })).matches;
      assert.deepEqual([match?.values, match?.metadata], [[1, 0, 0], { i: 0 }]);
      const tooMany = (body: object) =>
        refusal(emulator, 'POST', `${index}/query`, { vector: [1, 0, 0], ...body });
      assert.equal(await tooMany({ topK: 101 }), '400/40025');
      assert.equal(await tooMany({ topK: 51, returnValues: true }), '400/40025');
      assert.equal(await tooMany({ topK: 51, returnMetadata: 'all' }), '400/40025');
      await query(index, { topK: 100, returnMetadata: 'indexed' });
    });

    it('are replaced whole by upsert and left alone by insert', async () => {
      const index = await createIndex(emulator, 'replaced');
      await upsert(index, unit('a', { kept: false }));
      await get(emulator, 'POST', `${index}/insert`, lines({ id: 'a', values: [0, 1, 0] }), ndjson);
      const read = () =>
        get<{ values: number[]; metadata: unknown }[]>(emulator, 'POST', `${index}/get_by_ids`, {
          ids: ['a'],
        });
      assert.deepEqual((await read())[0]?.values, [1, 0, 0]);
      await upsert(index, { id: 'a', values: [0, 1, 0] });
      const [after] = await read();
      assert.deepEqual([after?.values, after?.metadata], [[0, 1, 0], null]);
    });

    it('are got by id without those that are missing, deleted, and listed page by page', async () => {
      const index = await createIndex(emulator, 'listed');
      await upsert(index, ...['c', 'a', 'd', 'b'].map((id) => unit(id)));
      await get(emulator, 'POST', `${index}/delete_by_ids`, { ids: ['d', 'missing'] });
      const got = await get<{ id: string }[]>(emulator, 'POST', `${index}/get_by_ids`, {
        ids: ['a', 'd', 'b'],
      });
      assert.deepEqual(
        got.map(({ id }) => id),
        ['a', 'b'],
      );
      interface Page {
        vectors: { id: string }[];
        totalCount: number;
        isTruncated: boolean;
        nextCursor: string | null;
      }
      const first = await get<Page>(emulator, 'GET', `${index}/list?count=2`);
      assert.deepEqual(
        [first.vectors, first.totalCount, first.isTruncated],
        [[{ id: 'a' }, { id: 'b' }], 3, true],
      );
      const last = await get<Page>(emulator, 'GET', `${index}/list?count=2&cursor=${first.nextCursor ?? ''}`);
      assert.deepEqual([last.vectors, last.isTruncated, last.nextCursor], [[{ id: 'c' }], false, null]);
    });

    it('are refused by the codes of each limit', async () => {
      const index = await createIndex(emulator, 'limits');
      const write = (...vectors: object[]) =>
        refusal(emulator, 'POST', `${index}/upsert`, lines(...vectors), ndjson);
      assert.equal(await write({ id: 'x', values: [1, 2] }), '400/40012');
      assert.equal(await write(unit('é'.repeat(33))), '400/40008');
      assert.equal(await write(unit('x', { $key: 1 })), '400/40018');
      assert.equal(await write(unit('x', { text: 'x'.repeat(10_240) })), '400/40011');
      assert.equal(await write(...Array.from({ length: 5001 }, (_, i) => unit(`v${i}`))), '400/40007');
      const ask = (body: object) => refusal(emulator, 'POST', `${index}/query`, body);
      assert.equal(await ask({ vector: [1, 2] }), '400/40006');
      assert.equal(await ask({ vector: 'x' }), '400/40026');
      const ids = (count: number) => ({ ids: Array.from({ length: count }, (_, i) => `v${i}`) });
      assert.equal(await refusal(emulator, 'POST', `${index}/get_by_ids`, ids(21)), '400/40007');
      assert.equal(await refusal(emulator, 'POST', `${index}/delete_by_ids`, ids(101)), '400/40007');
      await upsert(index, unit('x'.repeat(64)), unit('é'.repeat(32)));
    });

    it('come as NDJSON or in a form; a JSON body is 400/1005', async () => {
      const index = await createIndex(emulator, 'forms');
      const json = { headers: { 'content-type': 'application/json' } };
      assert.equal(await refusal(emulator, 'POST', `${index}/upsert`, { vectors: [] }, json), '400/1005');
      const form = new FormData();
      form.append('vectors', new File([lines(unit('from-a-form'))], 'vectors.ndjson'));
      const response = await fetch(`${emulator.baseUrl}/accounts/${emulator.accountId}${index}/insert`, {
        method: 'POST',
        headers: { authorization: `Bearer ${emulator.token}` },
        body: form,
      });
      assert.equal(response.status, 200);
      assert.deepEqual(idsOf(await query(index)), ['from-a-form']);
    });

    it('that cannot be parsed are an error, or dropped when that is asked for', async () => {
      const index = await createIndex(emulator, 'unparsable');
      const body = `${lines(unit('good'))}\n{"id":`;
      assert.equal(await refusal(emulator, 'POST', `${index}/upsert`, body, ndjson), '400/40023');
      assert.deepEqual(idsOf(await query(index)), []);
      await get(emulator, 'POST', `${index}/upsert?unparsable-behavior=discard`, body, ndjson);
      assert.deepEqual(idsOf(await query(index)), ['good']);
    });
  });

  describe('filters', () => {
    let index: string;
    before(async () => {
      index = await createIndex(emulator, 'filtered');
      await upsert(index, unit('before-the-index', { type: 'note', size: 1 }));
      for (const [propertyName, indexType] of Object.entries({
        type: 'string',
        size: 'number',
        done: 'boolean',
        'a.b': 'string',
      })) {
        await get(emulator, 'POST', `${index}/metadata_index/create`, { propertyName, indexType });
      }
      await upsert(
        index,
        { ...unit('one', { type: 'note', size: 1, done: true, a: { b: 'deep' } }), namespace: 'mine' },
        unit('two', { type: 'decision', size: 2, done: false }),
        unit('three', { type: 'x'.repeat(80), size: 3 }),
      );
    });

    const cases: [string, object, string[]][] = [
      ['a plain value', { type: 'note' }, ['one']],
      ['$eq', { size: { $eq: 2 } }, ['two']],
      ['$ne', { type: { $ne: 'note' } }, ['two', 'three']],
      ['$in', { type: { $in: ['note', 'decision'] } }, ['one', 'two']],
      ['$nin', { type: { $nin: ['note', 'decision'] } }, ['three']],
      ['a range', { size: { $gte: 2, $lt: 3 } }, ['two']],
      ['a range of strings', { type: { $gt: 'd', $lte: 'note' } }, ['one', 'two']],
      ['two properties', { done: true, size: 1 }, ['one']],
      ['a nested property', { 'a.b': 'deep' }, ['one']],
      ['the first 64 bytes of a string', { type: 'x'.repeat(64) }, ['three']],
      ['more than the first 64 bytes', { type: 'x'.repeat(80) }, []],
      ['a property without an index', { other: 1 }, []],
    ];
    for (const [what, filter, expected] of cases) {
      it(`by ${what}`, async () => assert.deepEqual(idsOf(await query(index, { filter })), expected));
    }

    it("don't see vectors older than the metadata index", async () => {
      assert.ok(!idsOf(await query(index, { filter: { size: { $gt: 0 } } })).includes('before-the-index'));
    });

    it('by namespace', async () => {
      assert.deepEqual(idsOf(await query(index, { namespace: 'mine' })), ['one']);
      assert.deepEqual(idsOf(await query(index, { namespace: 'other' })), []);
    });

    it("return the indexed part of the metadata as 'indexed'", async () => {
      const { matches } = await query(index, { filter: { size: 1 }, returnMetadata: 'indexed' });
      assert.deepEqual(matches[0]?.metadata, { type: 'note', size: 1, done: true, 'a.b': 'deep' });
    });

    it('are refused when too large or malformed, as is an eleventh index', async () => {
      const filter = (value: object) =>
        refusal(emulator, 'POST', `${index}/query`, { vector: [1, 0, 0], filter: value });
      assert.equal(await filter({ type: 'x'.repeat(2048) }), '400/40026');
      assert.equal(await filter({ '': 1 }), '400/40018');
      assert.equal(await filter({ $type: 1 }), '400/40018');
      assert.equal(await filter({ type: { $like: 'n%' } }), '400/40026');
      const create = (propertyName: string) =>
        send(emulator, 'POST', `${index}/metadata_index/create`, { propertyName, indexType: 'string' });
      for (const name of ['e', 'f', 'g', 'h', 'i', 'j']) assert.ok((await create(name)).success);
      assert.equal((await create('k')).status, 400);
    });
  });

  it('shows a write only after its delay, in order, and says up to which mutation', async () => {
    let time = Date.UTC(2026, 0, 1);
    await withEmulator({ now: () => time, settings: { visibilityDelayMs: 30_000 } }, async (slow) => {
      const index = await createIndex(slow, 'slow');
      const write = async (id: string) =>
        (await get<{ mutationId: string }>(slow, 'POST', `${index}/upsert`, lines(unit(id)), ndjson))
          .mutationId;
      const seen = async () => {
        const { matches } = await get<Matches>(slow, 'POST', `${index}/query`, { vector: [1, 0, 0] });
        const info = await get<{ vectorCount: number; processedUpToMutation: string | null }>(
          slow,
          'GET',
          `${index}/info`,
        );
        assert.equal(info.vectorCount, matches.length);
        return [matches.map(({ id }) => id), info.processedUpToMutation];
      };
      const first = await write('first');
      time += 20_000;
      const second = await write('second');
      assert.deepEqual(await seen(), [[], null]);
      time += 10_000;
      assert.deepEqual(await seen(), [['first'], first]);
      slow.settings.visibilityDelayMs = 0;
      const third = await write('third');
      assert.deepEqual(await seen(), [['first'], first]);
      time += 20_000;
      assert.deepEqual(await seen(), [['first', 'second', 'third'], third]);
      assert.notEqual(second, third);
    });
  });

  it('stores at most the dimensions of the plan', async () => {
    await withEmulator({ limits: { vectorizeStoredDimensions: 6 } }, async (small) => {
      const index = await createIndex(small, 'small');
      await get(small, 'POST', `${index}/upsert`, lines(unit('a'), unit('b')), ndjson);
      await get(small, 'POST', `${index}/upsert`, lines(unit('a')), ndjson);
      assert.equal(await refusal(small, 'POST', `${index}/upsert`, lines(unit('c')), ndjson), '403/1005');
    });
  });
});
