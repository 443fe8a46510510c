import { manifestFormat } from '../weightsFile.ts';
import type { MatrixEntry, VectorEntry, WeightsManifest } from '../weightsFile.ts';
import { quantizeRows, transpose } from './quantize.ts';
import type { QuantizedMatrix } from './quantize.ts';
import type { Tensor } from './tfjsWeights.ts';

const ALIGNMENT = 16;

/** The dense maps of a transformer layer and the places of their kernels and biases in the graph. */
const layerMaps = {
  queryKeyValue: 'MultiheadAttention/qkv_transform_single/',
  attentionOutput: 'MultiheadAttention/output_transform_single/',
  expand: 'FFN/conv1/',
  contract: 'FFN/conv2/',
};
const layerNorms = {
  attentionNorm: 'TransformerLayer/layer_prepostprocess/layer_norm/',
  feedForwardNorm: 'FFN/layer_prepostprocess/layer_norm/',
};

/** Picks what inference needs out of the graph's constants, quantises the matrices and lays all of it out in one file. */
export function convertWeights(tensors: ReadonlyMap<string, Tensor>): {
  readonly weights: Buffer;
  readonly manifest: WeightsManifest;
} {
  const file = new WeightsWriter();
  const find = (...parts: readonly string[]) => findTensor(tensors, parts);
  const addMap = (name: string, kernel: Tensor, bias: Tensor) => {
    const [inputs = 0, outputs = 0] = kernel.shape.slice(-2);
    file.addMatrix(name, quantizeRows(transpose(kernel.values, inputs, outputs), outputs, inputs));
    file.addVector(`${name}.bias`, bias.values);
  };

  const embedding = find('Embeddings_en');
  const [pieces = 0, dimensions = 0] = embedding.shape;
  file.addMatrix('embedding', quantizeRows(embedding.values, pieces, dimensions));
  file.addVector('timing', find('TimingSignal/ExpandDims_1').values);
  for (const layer of ['0', '1']) {
    const inLayer = (...parts: readonly string[]) => find(`Layer_${layer}/TransformerLayer/`, ...parts);
    for (const [name, place] of Object.entries(layerMaps)) {
      // The kernels of the feed-forward maps were folded into their reshape.
      const kernel = place.startsWith('FFN')
        ? inLayer(place, 'Tensordot/Reshape_1')
        : inLayer(place, 'kernel');
      addMap(`layer${layer}.${name}`, kernel, inLayer(place, 'bias'));
    }
    for (const [name, place] of Object.entries(layerNorms)) {
      file.addVector(`layer${layer}.${name}.scale`, inLayer(place, 'layer_norm_scale').values);
      file.addVector(`layer${layer}.${name}.bias`, inLayer(place, 'layer_norm_bias').values);
    }
  }
  addMap(
    'layer0.residual',
    find('Layer_0/TransformerLayer/dense/', 'kernel'),
    find('Layer_0/TransformerLayer/dense/', 'bias'),
  );
  addMap('sentence', find('tanh_layer_0/weights'), find('tanh_layer_0/bias'));
  return file.finish();
}

/** The one tensor whose name has all the parts. */
function findTensor(tensors: ReadonlyMap<string, Tensor>, parts: readonly string[]): Tensor {
  const found = [...tensors].filter(([name]) => parts.every((part) => name.includes(part)));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(
      `${found.length} tensors match ${parts.join(' ')}: ${found.map(([name]) => name).join(', ')}`,
    );
  }
  return first[1];
}

class WeightsWriter {
  readonly #chunks: Buffer[] = [];
  readonly #matrices: Record<string, MatrixEntry> = {};
  readonly #vectors: Record<string, VectorEntry> = {};
  #length = 0;

  addMatrix(name: string, { rows, columns, values, scales }: QuantizedMatrix): void {
    this.#matrices[name] = { rows, columns, values: this.#append(values), scales: this.#append(scales) };
  }

  addVector(name: string, values: Float32Array): void {
    this.#vectors[name] = { length: values.length, values: this.#append(values) };
  }

  finish(): { weights: Buffer; manifest: WeightsManifest } {
    const [matrices, vectors, bytes] = [this.#matrices, this.#vectors, this.#length];
    return {
      weights: Buffer.concat(this.#chunks),
      manifest: { format: manifestFormat, bytes, matrices, vectors },
    };
  }

  #append(values: Int8Array | Float32Array): number {
    const offset = this.#length;
    const padding = (ALIGNMENT - (values.byteLength % ALIGNMENT)) % ALIGNMENT;
    this.#chunks.push(
      Buffer.from(values.buffer, values.byteOffset, values.byteLength),
      Buffer.alloc(padding),
    );
    this.#length += values.byteLength + padding;
    return offset;
  }
}
