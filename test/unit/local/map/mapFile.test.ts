import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readMap, writeMap } from '../../../../src/local/map/mapFile.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('the file of the map', () => {
  const folder = temporaryFolder();
  const file = () => folder('deep', 'map.json');

  it('keeps where memories lie, for the person alone', async () => {
    const positions = Float32Array.from([0.5, -1, 0.25, 1]);
    await writeMap(file(), { space: 'model', settled: 2, contentHashes: ['a', 'b'], positions });
    assert.deepEqual(await readMap(file()), {
      space: 'model',
      settled: 2,
      contentHashes: ['a', 'b'],
      positions,
    });
    if (process.platform !== 'win32') assert.equal(statSync(file()).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(path.dirname(file())), ['map.json']);
  });

  it('is as good as none where it is missing, broken or of another version', async () => {
    assert.equal(await readMap(file()), undefined);
    const positions = new Float32Array(2);
    await writeMap(file(), { space: 'model', settled: 2, contentHashes: ['a'], positions });
    for (const text of [
      '',
      '{',
      '[]',
      '{"version":2}',
      '{"version":1,"space":"m","settled":1,"hashes":["a"],"places":[1]}',
    ]) {
      writeFileSync(file(), text);
      assert.equal(await readMap(file()), undefined);
    }
  });
});
