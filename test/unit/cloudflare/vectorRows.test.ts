import assert from 'node:assert/strict';
import { checkStatement } from '../../../src/cloudflare/d1Limits.ts';
import { PresentIndex } from '../../../src/cloudflare/presentIndex.ts';
import { VectorRows } from '../../../src/cloudflare/vectorRows.ts';
import type { SqlDatabase } from '../../../src/memory/ports.ts';

describe('the rows of vectors in D1', () => {
  const sql: SqlDatabase = {
    features: { fullText: true, remote: true },
    read: () => Promise.resolve([]),
    write: () => Promise.resolve([]),
  };

  for (const dimensions of [384, 768, 1024, 1536])
    it(`fit into what D1 takes, however long the memory: of ${dimensions} dimensions`, () => {
      const rows = new VectorRows({
        sql,
        table: 'em_vectors',
        model: { space: 'space', dimensions },
        present: new PresentIndex('space'),
        now: Date.now,
      });
      const vector = new Float32Array(dimensions).fill(1 / Math.sqrt(dimensions));
      const long = { contentHash: 'a'.repeat(64), chunks: Array.from({ length: 12_000 }, () => vector) };
      const statements = rows.writeStatements([long, { ...long, contentHash: 'b'.repeat(64) }]);
      statements.forEach(checkStatement);
      assert.equal(statements.filter(({ sql: text }) => text.includes('INTO em_vectors ')).length, 2);
    });
});
