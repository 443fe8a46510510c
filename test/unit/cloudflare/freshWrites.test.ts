import assert from 'node:assert/strict';
import { FreshWrites } from '../../../src/cloudflare/freshWrites.ts';

const row = (hash: string, vectors = 'vvvv') => ({ content_hash: hash, vectors, codes: 'c' });
const hashes = (rows: readonly { readonly content_hash?: unknown }[]) =>
  rows.map((each) => each.content_hash);

describe('fresh writes', () => {
  it('of one moment have stamps of their own', () => {
    const fresh = new FreshWrites(300, 1000);
    const stamps = [fresh.add([row('a')], 50), fresh.add([row('b')], 50)];
    assert.equal(new Set(stamps).size, 2);
    assert.deepEqual(fresh.stamps(50), stamps);
    for (const stamp of stamps) assert.ok(stamp >= 50 && stamp < 50.001);
  });

  it('are the latest of each memory', () => {
    const fresh = new FreshWrites(300, 1000);
    fresh.add([row('a', 'old!'), row('b')], 1);
    fresh.add([row('a', 'new!')], 2);
    assert.deepEqual(fresh.rows(3, 10), [
      { ...row('a', 'new!'), codes: null },
      { ...row('b'), codes: null },
    ]);
  });

  it('are compared by their codes where there are many', () => {
    const fresh = new FreshWrites(300, 1000);
    fresh.add([row('a'), row('b')], 1);
    assert.deepEqual(fresh.rows(1, 1)[0], { content_hash: 'a', vectors: null, codes: 'c' });
  });

  it('are none of a memory that is gone, and leave the others', () => {
    const fresh = new FreshWrites(300, 1000);
    const stamp = fresh.add([row('a'), row('b')], 1);
    fresh.remove(new Set(['a']));
    assert.deepEqual(hashes(fresh.rows(1, 10)), ['b']);
    assert.deepEqual(fresh.stamps(1), [stamp]);
  });

  it('are forgotten with their time, and the oldest where there are too many: both are read then', () => {
    const fresh = new FreshWrites(300, 8);
    fresh.add([row('a')], 1);
    fresh.add([row('b')], 200);
    assert.deepEqual(hashes(fresh.rows(400, 10)), ['b']);
    fresh.add([row('c'), row('d')], 401);
    assert.deepEqual(hashes(fresh.rows(401, 10)), ['c', 'd']);
    assert.equal(fresh.stamps(401).length, 1);
    assert.deepEqual(fresh.stamps(900), []);
  });
});
