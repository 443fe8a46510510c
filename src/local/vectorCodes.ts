/**
 * One bit a dimension: the sign. The Hamming distance of two codes tells roughly how far apart the vectors point;
 * scanning all codes is fast, and the best few are then compared exactly.
 */
export const codeOf = (vector: ArrayLike<number>): Uint32Array => {
  const code = new Uint32Array(Math.ceil(vector.length / 32));
  for (let i = 0; i < vector.length; i++)
    if ((vector[i] ?? 0) > 0) code[i >> 5] = ((code[i >> 5] ?? 0) | (1 << (i & 31))) >>> 0;
  return code;
};

const bitsIn = (word: number): number => {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/** Codes of many vectors in one array, in the order they were added. */
export class VectorCodes {
  readonly #words: number;
  #codes: Uint32Array;
  #ids: Float64Array;
  #memories: Int32Array;
  #length = 0;

  constructor(dimensions: number) {
    this.#words = Math.ceil(dimensions / 32);
    this.#codes = new Uint32Array(0);
    this.#ids = new Float64Array(0);
    this.#memories = new Int32Array(0);
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes held. */
  get byteLength(): number {
    return this.#codes.byteLength + this.#ids.byteLength + this.#memories.byteLength;
  }

  /** Makes room for at least so many; some more than that, so that adding one by one copies seldom. */
  reserve(count: number): void {
    if (count <= this.#ids.length) return;
    const room = Math.max(count, Math.ceil(this.#length * 1.25));
    const grow = <T extends Uint32Array | Float64Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#codes = grow(this.#codes, new Uint32Array(room * this.#words));
    this.#ids = grow(this.#ids, new Float64Array(room));
    this.#memories = grow(this.#memories, new Int32Array(room));
  }

  add(id: number, memoryId: number, code: Uint32Array): void {
    this.reserve(this.#length + 1);
    this.#codes.set(code, this.#length * this.#words);
    this.#ids[this.#length] = id;
    this.#memories[this.#length] = memoryId;
    this.#length++;
  }

  /** Ids of `count` to twice as many vectors nearest to the code; `accept` holds a 1 at the number of each memory that may be answered. */
  nearest(code: Uint32Array, count: number, accept?: Uint8Array): number[] {
    const words = this.#words;
    const codes = this.#codes;
    const distances = new Uint16Array(this.#length);
    const histogram = new Uint32Array(words * 32 + 2);
    const none = words * 32 + 1;
    for (let i = 0, at = 0; i < this.#length; i++, at += words) {
      let distance = 0;
      if (accept !== undefined && accept[this.#memories[i] ?? 0] !== 1) distance = none;
      else for (let w = 0; w < words; w++) distance += bitsIn((codes[at + w] ?? 0) ^ (code[w] ?? 0));
      distances[i] = distance;
      histogram[distance] = (histogram[distance] ?? 0) + 1;
    }
    let limit = 0;
    for (let seen = histogram[0] ?? 0; seen < count && limit < none - 1;) seen += histogram[++limit] ?? 0;
    const ids: number[] = [];
    // Very many may be equally far, as copies of one text are.
    for (let i = 0, ties = count; i < this.#length; i++) {
      const distance = distances[i] ?? none;
      if (distance < limit || (distance === limit && ties-- > 0)) ids.push(this.#ids[i] ?? 0);
    }
    return ids;
  }
}
