import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EmbeddingsModel } from '@energetic-ai/embeddings';
import fc from 'fast-check';
import { openUseLite } from '../../../../src/local/useLite/useLite.ts';
import type { UseLite } from '../../../../src/local/useLite/useLite.ts';
import { useLiteModel } from '../../../../src/local/useLite/useLiteModel.ts';
import { weightsFiles } from '../../../../src/local/useLite/weightsFile.ts';
import { builtWeights } from './builtWeights.ts';
import { cpuTime } from './cpuTime.ts';
import { cosine, referenceModel } from './reference.ts';
import { code, english, odd } from './sampleTexts.ts';

describe('Universal Sentence Encoder lite', () => {
  let reference: EmbeddingsModel;
  let useLite: UseLite;

  before(async () => {
    reference = await referenceModel();
    useLite = openUseLite(await builtWeights());
  });

  const similarity = (left: string, right: string) => cosine(useLite.embed(left), useLite.embed(right));

  it('gives vectors like those of the reference: cosine .9995 on average, .999 at least', async () => {
    const cosines: number[] = [];
    for (const text of [...english, ...code]) {
      const found = cosine(useLite.embed(text), await reference.embed(text));
      assert.ok(found >= 0.999, `${found} for ${text}`);
      cosines.push(found);
    }
    const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
    assert.ok(mean >= 0.9995, `${mean} over ${cosines.length} texts`);
  });

  it('tells paraphrases from other sentences', () => {
    const paraphrases = [
      ['The server crashes when its memory is full', 'The machine goes down once it runs out of RAM'],
      ['We deploy every Tuesday before noon', 'Releases happen on Tuesday mornings'],
      ['Never store passwords in the log', 'Credentials must not be written to log files'],
      ['Alice likes short pull requests', 'Alice prefers small code reviews'],
    ] as const;
    for (const [text, paraphrase] of paraphrases) {
      for (const [other] of paraphrases.filter(([candidate]) => candidate !== text)) {
        assert.ok(similarity(text, paraphrase) > similarity(other, paraphrase), `${text} / ${other}`);
      }
    }
  });

  it('gives a normalised vector for any string', () => {
    const check = (text: string) => {
      const vector = useLite.embed(text);
      assert.equal(vector.length, useLiteModel.dimensions);
      assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5, JSON.stringify(text));
    };
    for (const text of ['', ...odd]) check(text);
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), check), { numRuns: 100 });
  });

  it('gives the same vector again, whatever was embedded in between', () => {
    const [text = '', ...others] = english;
    const first = useLite.embed(text);
    for (const other of others) useLite.embed(other);
    assert.deepEqual(useLite.embed(text), first);
  });

  it('takes indentation and line breaks for single spaces', () => {
    const vector = useLite.embed('if (ready) { start(); }');
    assert.deepEqual(useLite.embed('\n  if (ready) {\r\n\t\tstart();\n  }\n'), vector);
  });

  it('reads the first 128 tokens of a huge text only', () => {
    const huge = 'the build server is slow '.repeat(500_000);
    const vector = useLite.embed(huge.slice(0, 4000));
    const took = cpuTime(() => assert.deepEqual(useLite.embed(huge), vector));
    assert.ok(took < 1000, `${took} ms`);
    assert.deepEqual(useLite.embed(' '.repeat(1_000_000) + huge), vector);
  });

  describe('with files that are not the ones built', () => {
    let directory: string;

    beforeEach(async () => {
      directory = mkdtempSync(path.join(tmpdir(), 'edge-memory-use-lite-'));
      cpSync(await builtWeights(), directory, { recursive: true });
    });
    afterEach(() => rmSync(directory, { recursive: true }));

    const file = (name: string) => path.join(directory, name);

    it('opens nothing where they are missing', () => {
      rmSync(file(weightsFiles.weights));
      assert.throws(() => openUseLite(directory), { code: 'ENOENT' });
    });

    it('refuses weights that were cut off', () => {
      truncateSync(file(weightsFiles.weights), 1_000_000);
      assert.throws(() => openUseLite(directory), /has only 1000000 of its \d+ bytes/);
    });

    it('refuses another format, and tensors of another shape', () => {
      writeFileSync(file(weightsFiles.manifest), JSON.stringify({ format: 2, bytes: 0 }));
      assert.throws(() => openUseLite(directory), /holds no weights of format 1/);
      writeFileSync(
        file(weightsFiles.manifest),
        JSON.stringify({ format: 1, bytes: 64, matrices: {}, vectors: {} }),
      );
      assert.throws(() => openUseLite(directory), /no tensor embedding of shape 8002 × 256/);
    });
  });
});
