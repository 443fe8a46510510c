import assert from 'node:assert/strict';
import { readRecords } from '../../../src/memory/answerSize.ts';
import type { SqlDatabase } from '../../../src/memory/ports.ts';

describe('reading whole records', () => {
  /** A database of so many texts of a length; `answers` has the characters of each of its answers. */
  const databaseOf = (length: number, remote: boolean) => {
    const answers: number[] = [];
    const sql: SqlDatabase = {
      features: { fullText: true, remote },
      read: (statements) => {
        const { params = [] } = statements[0] ?? {};
        const hashes = JSON.parse(String(params.at(-1))) as string[];
        const limit = params.length > 1 ? Number(params[0]) : Infinity;
        const content = 'x'.repeat(Math.min(limit, length));
        answers.push(content.length * hashes.length);
        return Promise.resolve([hashes.map((hash) => ({ content_hash: hash, content, r2_key: null }))]);
      },
      write: () => assert.fail('nothing is written'),
    };
    return { sql, answers };
  };
  const hashes = (count: number) => Array.from({ length: count }, (_, i) => `hash ${i}`);

  for (const [count, length] of [
    [100, 1_500_000],
    [2500, 30_000],
    [30, 1_500_000],
    [1, 1_500_000],
  ] as const)
    it(`of ${count} texts of ${length} characters: each once, and no answer of D1 above 64 MB`, async () => {
      const { sql, answers } = databaseOf(length, true);
      const records = await readRecords(sql, hashes(count));
      assert.deepEqual(new Set(records.map(({ memory }) => memory.contentHash)), new Set(hashes(count)));
      assert.equal(records.length, count);
      assert.ok(records.every(({ memory }) => memory.content.length === length));
      assert.ok(Math.max(...answers) <= 45_000_000, answers.join());
    });

  it('takes one request for a thousand short ones, and for up to 30 of whatever length', async () => {
    for (const [count, length] of [
      [1000, 5000],
      [30, 1_500_000],
    ] as const) {
      const { sql, answers } = databaseOf(length, true);
      await readRecords(sql, hashes(count));
      assert.equal(answers.length, 1);
    }
  });

  it('is not cut near by', async () => {
    const { sql, answers } = databaseOf(30_000, false);
    await readRecords(sql, hashes(1000));
    assert.deepEqual(answers, [30_000_000]);
  });
});
