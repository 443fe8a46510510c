import assert from 'node:assert/strict';
import type { SqlDatabase, VectorIndex } from '../../../src/memory/ports.ts';
import { Turns } from '../../../src/memory/turns.ts';
import { Unsettled } from '../../../src/memory/unsettled.ts';

describe('what may not agree with the records', () => {
  /** Nothing is live, so that every vector in doubt is removed; `meanwhile` runs before that is done. */
  const settling = (meanwhile: () => void) => {
    const removed: string[] = [];
    const sql: Partial<SqlDatabase> = { write: (statements) => Promise.resolve(statements.map(() => [])) };
    const vectors: Partial<VectorIndex> = {
      delete: async (hashes) => {
        await Promise.resolve();
        meanwhile();
        removed.push(...hashes);
      },
    };
    const objects = { put: unused, get: unused, delete: () => Promise.resolve() };
    const ports = { sql: sql as SqlDatabase, vectors: vectors as VectorIndex, objects };
    return { unsettled: new Unsettled(ports, new Turns(), () => 0), removed };
  };
  const unused = () => assert.fail('not asked for');

  it('is settled once', async () => {
    const { unsettled, removed } = settling(() => undefined);
    unsettled.add({ vectors: ['a'] });
    await unsettled.settle();
    await unsettled.settle();
    assert.deepEqual(removed, ['a']);
  });

  it('is settled again where it came to be in doubt again meanwhile', async () => {
    let isFirst = true;
    const { unsettled, removed } = settling(() => {
      if (isFirst) unsettled.add({ vectors: ['a', 'b'] });
      isFirst = false;
    });
    unsettled.add({ vectors: ['a'] });
    await unsettled.settle();
    await unsettled.settle();
    assert.deepEqual(removed, ['a', 'a', 'b']);
  });

  it('stays in doubt where settling fails', async () => {
    let isBroken = true;
    const { unsettled, removed } = settling(() => {
      if (isBroken) throw new Error('the index is gone');
    });
    unsettled.add({ vectors: ['a'] });
    await assert.rejects(unsettled.settle(), /the index is gone/);
    isBroken = false;
    await unsettled.settle();
    assert.deepEqual(removed, ['a']);
  });
});
