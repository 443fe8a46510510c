/** Models of Workers AI by the dimensions of their vectors: what an index was most likely made for. */
const byDimensions: Readonly<Record<number, string>> = {
  384: '@cf/baai/bge-small-en-v1.5',
  768: '@cf/baai/bge-base-en-v1.5',
  1024: '@cf/baai/bge-m3',
};

export const modelFor = (dimensions: number | undefined): string | undefined =>
  dimensions === undefined ? undefined : byDimensions[dimensions];
