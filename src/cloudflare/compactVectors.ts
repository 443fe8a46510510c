import { cosineWithInt8, toInt8 } from '../memory/int8Vectors.ts';

/** Int8 values as base64 text: what D1 keeps of a vector, 1,024 characters for 768 dimensions. */
export const packVectors = (chunks: readonly Float32Array[]): string =>
  Buffer.concat(chunks.map((chunk) => Buffer.from(toInt8(chunk).buffer))).toString('base64');

/** The first of the packed vectors. */
export const unpackVector = (packed: string, dimensions: number): Int8Array =>
  Int8Array.from(Buffer.from(packed, 'base64').subarray(0, dimensions), (byte) => (byte << 24) >> 24);

/** Bytes of a code before its bits: how long the vector is along its signs, in 65,535ths. */
const ALIGNMENT_BYTES = 2;
const ALIGNMENT = 65_535;

/**
 * The signs of the values as base64 text, 132 characters for 768 dimensions: an eighth of the int8 values, so that
 * thousands can be read for one question. The cosine that they give is off by about two hundredths.
 */
export const packCodes = (chunks: readonly Float32Array[]): string =>
  Buffer.concat(chunks.map(codeOf)).toString('base64');

const codeOf = (vector: Float32Array): Buffer => {
  const code = Buffer.alloc(ALIGNMENT_BYTES + Math.ceil(vector.length / 8));
  const alongSigns = vector.reduce((sum, value) => sum + Math.abs(value), 0) / Math.sqrt(vector.length);
  code.writeUInt16LE(Math.round(Math.min(1, alongSigns) * ALIGNMENT));
  for (const [i, value] of vector.entries()) {
    const at = ALIGNMENT_BYTES + (i >> 3);
    if (value > 0) code[at] = (code[at] ?? 0) | (1 << (i & 7));
  }
  return code;
};

/** Of one question: finds the best of packed codes, with an estimate of its cosine with the unit vector. */
export const codeScorer = (
  query: Float32Array,
): ((packed: string) => { readonly chunk: number; readonly similarity: number }) => {
  const codeBytes = Math.ceil(query.length / 8);
  const sums = sumsByByte(query, codeBytes);
  return (packed) => {
    const bytes = Buffer.from(packed, 'base64');
    const length = ALIGNMENT_BYTES + codeBytes;
    let best = { chunk: 0, similarity: -1 };
    for (let chunk = 0; (chunk + 1) * length <= bytes.length; chunk++) {
      const start = chunk * length;
      const alignment = bytes.readUInt16LE(start) / ALIGNMENT;
      let dot = 0;
      for (let i = 0, at = start + ALIGNMENT_BYTES; i < codeBytes; i++, at++)
        dot += sums[i * 256 + (bytes[at] ?? 0)] ?? 0;
      const similarity = dot / Math.sqrt(query.length) / (alignment || 1);
      if (similarity > best.similarity) best = { chunk, similarity };
    }
    return best;
  };
};

/** What each value of each byte of a code contributes: eight times as fast as bit by bit. */
const sumsByByte = (query: Float32Array, codeBytes: number): Float32Array => {
  const sums = new Float32Array(codeBytes * 256);
  for (let i = 0; i < codeBytes; i++)
    for (let byte = 0; byte < 256; byte++) {
      let sum = 0;
      for (let bit = 0; bit < 8; bit++) {
        const value = query[i * 8 + bit] ?? 0;
        sum += (byte >> bit) & 1 ? value : -value;
      }
      sums[i * 256 + byte] = sum;
    }
  return sums;
};

/** The best of the packed chunks: its number and its cosine with a unit vector. */
export const bestChunk = (
  query: Float32Array,
  packed: string,
): { readonly chunk: number; readonly similarity: number } => {
  const bytes = Buffer.from(packed, 'base64');
  const values = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let best = { chunk: 0, similarity: -1 };
  for (let chunk = 0; (chunk + 1) * query.length <= values.length; chunk++) {
    const similarity = cosineWithInt8(query, values, chunk * query.length);
    if (similarity > best.similarity) best = { chunk, similarity };
  }
  return best;
};
