import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

const tfjsModel = z.object({
  weightsManifest: z
    .array(
      z.object({
        paths: z.array(z.string()),
        weights: z.array(
          z.object({ name: z.string(), shape: z.array(z.number()), dtype: z.enum(['float32', 'int32']) }),
        ),
      }),
    )
    .length(1),
});

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * The float32 tensors of a TensorFlow.js graph model, by name: model.json lists them in the order in which they
 * follow one another in the concatenated shards.
 */
export async function readTfjsWeights(directory: string): Promise<Map<string, Tensor>> {
  const model = tfjsModel.parse(JSON.parse(await readFile(path.join(directory, 'model.json'), 'utf8')));
  const tensors = new Map<string, Tensor>();
  for (const { paths, weights } of model.weightsManifest) {
    const bytes = Buffer.concat(
      await Promise.all(paths.map((shard) => readFile(path.join(directory, shard)))),
    );
    let offset = 0;
    for (const { name, shape, dtype } of weights) {
      const byteLength = shape.reduce((product, size) => product * size, 4);
      if (dtype === 'float32') {
        const start = bytes.byteOffset + offset;
        tensors.set(name, { shape, values: new Float32Array(bytes.buffer.slice(start, start + byteLength)) });
      }
      offset += byteLength;
    }
    if (offset !== bytes.length)
      throw new Error(`${directory}: ${bytes.length} bytes of weights, ${offset} expected.`);
  }
  return tensors;
}
