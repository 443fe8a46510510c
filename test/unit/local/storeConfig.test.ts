import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type CloudTarget, readStoreConfig, writeStoreConfig } from '../../../src/local/storeConfig.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const target: CloudTarget = {
  account: '5eed',
  accountName: 'Emulated',
  database: { id: 'd1-id', name: 'mcp-memory-db' },
  index: 'mcp-memory-index',
  model: '@cf/baai/bge-base-en-v1.5',
  pooling: 'mean',
};

describe('config.json', () => {
  const inFolder = temporaryFolder();

  it('names the local store where there is none', async () => {
    assert.deepEqual(await readStoreConfig(inFolder('absent')), { active: 'local' });
  });

  it('is written whole, in a folder made for it, for its owner only', async () => {
    const folder = inFolder('new');
    await writeStoreConfig(folder, { active: target });
    assert.deepEqual(await readStoreConfig(folder), { active: target });
    assert.deepEqual(readdirSync(folder), ['config.json']);
    if (process.platform !== 'win32') {
      assert.equal(statSync(inFolder('new', 'config.json')).mode & 0o777, 0o600);
      assert.equal(statSync(folder).mode & 0o777, 0o700);
    }
  });

  it('keeps what a newer version wrote', async () => {
    writeFileSync(inFolder('config.json'), JSON.stringify({ active: 'local', mirror: { every: 5 } }));
    await writeStoreConfig(inFolder(), { active: target });
    assert.deepEqual(JSON.parse(readFileSync(inFolder('config.json'), 'utf8')), {
      active: target,
      mirror: { every: 5 },
    });
  });

  for (const [what, text] of [
    ['no JSON', '{'],
    ['no store', '{}'],
    ['half a connection', '{"active":{"account":"a"}}'],
  ] as const)
    it(`is refused, not taken for the local store, where it holds ${what}; writing mends it`, async () => {
      writeFileSync(inFolder('config.json'), text);
      await assert.rejects(readStoreConfig(inFolder()), (error) => {
        assert.ok(MemoryError.is(error, 'misconfigured'));
        assert.match(error.message, /config\.json/);
        return true;
      });
      await writeStoreConfig(inFolder(), { active: 'local' });
      assert.deepEqual(await readStoreConfig(inFolder()), { active: 'local' });
    });

  it('says where it can not be written', async () => {
    mkdirSync(inFolder('config.json'));
    await assert.rejects(
      writeStoreConfig(inFolder(), { active: 'local' }),
      (error) => MemoryError.is(error, 'read-only') && error.message.includes('config.json'),
    );
    assert.deepEqual(readdirSync(inFolder()), ['config.json']);
  });
});
