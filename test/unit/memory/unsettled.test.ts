import assert from 'node:assert/strict';
import type { SqlDatabase, VectorIndex } from '../../../src/memory/ports.ts';
import { Turns } from '../../../src/memory/turns.ts';
import { Unsettled } from '../../../src/memory/unsettled.ts';

describe('what may not agree with the records', () => {
  /** Nothing is live, so that every vector in doubt is removed; `meanwhile` runs before that is done. */
  const settling = (meanwhile: () => void) => {
    const removed: string[] = [];
    const asked: number[] = [];
    const sql: Partial<SqlDatabase> = {
      write: (statements) => {
        for (const { params = [] } of statements)
          asked.push(...params.map((param) => (JSON.parse(String(param)) as unknown[]).length));
        return Promise.resolve(statements.map(() => []));
      },
    };
    const vectors: Partial<VectorIndex> = {
      delete: async (hashes) => {
        await Promise.resolve();
        meanwhile();
        removed.push(...hashes);
      },
    };
    const objects = { put: unused, get: unused, delete: () => Promise.resolve() };
    const ports = { sql: sql as SqlDatabase, vectors: vectors as VectorIndex, objects };
    return { unsettled: new Unsettled(ports, new Turns(), () => 0), removed, asked };
  };
  const unused = () => assert.fail('not asked for');

  it('is settled once', async () => {
    const { unsettled, removed } = settling(() => undefined);
    unsettled.add({ vectors: ['a'] });
    await unsettled.settle();
    await unsettled.settle();
    assert.deepEqual(removed, ['a']);
  });

  it('is settled a thousand at a time: D1 takes 2,000,000 bytes a parameter', async () => {
    const { unsettled, removed, asked } = settling(() => undefined);
    const vectors = Array.from({ length: 2500 }, (_, i) => `${i}`);
    unsettled.add({ vectors });
    await unsettled.settle();
    assert.deepEqual(removed, vectors);
    assert.ok(asked.length > 3 && asked.every((names) => names <= 1000), asked.join());
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

  it('is settled also where another run, which is under way and fails, has it in hand', async () => {
    let isBroken = true;
    const { unsettled, removed } = settling(() => {
      if (isBroken) throw new Error('the index is gone');
    });
    unsettled.add({ vectors: ['a'] });
    const first = assert.rejects(unsettled.settle(), /the index is gone/).then(() => (isBroken = false));
    await Promise.all([first, unsettled.settle()]);
    assert.deepEqual(removed, ['a']);
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
