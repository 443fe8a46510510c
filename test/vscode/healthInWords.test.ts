import assert from 'node:assert/strict';
import type { PartHealth } from '../../src/cloudflare/partHealth.ts';
import type { CloudTarget } from '../../src/local/storeConfig.ts';
import { MemoryError } from '../../src/memory/errors.ts';
import { partInWords } from '../../src/vscode/connect/healthInWords.ts';

const target: CloudTarget = {
  account: 'a',
  accountName: 'Acme',
  database: { id: 'd', name: 'db' },
  index: 'ix',
  model: 'm',
  pooling: 'mean',
};
const database = { id: 'd', name: 'db', live: 3, deleted: 0, pending: 0, bytes: 4e6, schemaVersion: 3 };
const index = {
  name: 'ix',
  dimensions: 768,
  metric: 'cosine',
  vectors: 6000,
  chunkVectors: 400,
  storedDimensions: 6400 * 768,
  nearlyFull: true,
};

const inWords = (health: PartHealth) => {
  const { part, state, detail, nextStep = '', action } = partInWords(health, target);
  return { part, state, text: `${detail} ${nextStep}`, action };
};

describe('the health of Cloudflare in words', () => {
  it('warns of a token that ends within a week, and leads to another one', () => {
    const facts = { owner: 'user', expiresAt: Date.UTC(2030, 0, 15, 12), endsSoon: true } as const;
    const { part, state, text, action } = inWords({ part: 'token', ms: 1, facts });
    assert.deepEqual([part, state, action], ['Token', 'warning', 'edgeMemory.changeToken']);
    assert.match(text, /valid for Acme until .*2030 Make a new token before then/);
  });

  it('tells the size of the database beside what the plan holds, and leads to the repair of what waits', () => {
    const well = inWords({ part: 'database', ms: 1, facts: database });
    assert.deepEqual([well.state, well.action], ['healthy', undefined]);
    assert.match(well.text, /db: 3 memories, 0 wait .*, 4\.0 MB; the free plan holds 500 MB/);
    const waiting = inWords({ part: 'database', ms: 1, facts: { ...database, pending: 2 } });
    assert.deepEqual([waiting.state, waiting.action], ['warning', 'edgeMemory.verify']);
    const bare = inWords({ part: 'database', ms: 1, facts: { ...database, schemaVersion: 0 } });
    assert.deepEqual([bare.state, bare.action], ['warning', 'edgeMemory.connect']);
  });

  it('counts the second index, and warns where the free plan is nearly full', () => {
    const { state, text } = inWords({ part: 'index', ms: 1, facts: index });
    assert.equal(state, 'warning');
    assert.match(text, /ix: 6,000 vectors of 768, and 400 of long memories in ix-chunks; .* holds 6,510/);
    assert.match(text, /delete old memories or change the plan/);
  });

  it('says how to add a bucket where there is none, and counts what one holds', () => {
    const without = inWords({ part: 'bucket', ms: 1, facts: { bucket: undefined, objects: 0, more: false } });
    assert.deepEqual([without.state, without.action], ['healthy', 'edgeMemory.connect']);
    assert.match(without.text, /no bucket: .*1 MB.*enable R2 .* choose a bucket/);
    const full = inWords({ part: 'bucket', ms: 1, facts: { bucket: 'b', objects: 1000, more: true } });
    assert.match(full.text, /b: 1,000 large contents or more/);
  });

  it('leads to what helps where a part fails', () => {
    const failing = (code: 'unauthorized' | 'misconfigured' | 'busy') =>
      inWords({ part: 'model', ms: 1, error: new MemoryError(code, 'It failed.', 'Do this.') });
    assert.deepEqual(
      [failing('unauthorized').action, failing('misconfigured').action, failing('busy').action],
      ['edgeMemory.changeToken', 'edgeMemory.reconnect', undefined],
    );
    assert.deepEqual(
      [failing('busy').state, failing('busy').text.trim()],
      ['unhealthy', 'It failed. Do this.'],
    );
  });
});
