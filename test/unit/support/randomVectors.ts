/** Random numbers in [0, 1) that are the same for the same seed (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

const gaussian = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const unit = (vector: Float32Array): Float32Array => {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};

export const randomVector = (dimensions: number, random: () => number): Float32Array =>
  unit(new Float32Array(dimensions).map(() => gaussian(random)));

/** A unit vector near another one: cosine about 1 / √(1 + noise²). */
export const near = (vector: Float32Array, noise: number, random: () => number): Float32Array => {
  const scale = noise / Math.sqrt(vector.length);
  return unit(vector.map((value) => value + scale * gaussian(random)));
};

export const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
