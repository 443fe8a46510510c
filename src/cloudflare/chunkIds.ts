/**
 * Ids of further chunks in an index of ours: 43 characters of base64url for the hash, a dot, the chunk's number. An id
 * has at most 64 bytes, which the hash in hexadecimal digits would fill alone.
 */
const HASH = /^[0-9a-f]{64}$/;

/** Undefined for a hash of another recipe, whose further chunks are then not indexed. */
export const chunkIdOf = (contentHash: string, chunk: number): string | undefined =>
  HASH.test(contentHash) ? `${Buffer.from(contentHash, 'hex').toString('base64url')}.${chunk}` : undefined;

export const readChunkId = (id: string): { contentHash: string; chunk: number } | undefined => {
  const [hash = '', chunk = ''] = id.split('.');
  const contentHash = Buffer.from(hash, 'base64url').toString('hex');
  return HASH.test(contentHash) && /^\d+$/.test(chunk) ? { contentHash, chunk: Number(chunk) } : undefined;
};
