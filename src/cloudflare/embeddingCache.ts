import { createHash } from 'node:crypto';

/** Keeps embeddings between runs, so that none is paid for twice. Losing it costs money, never data. */
export interface EmbeddingCache {
  /** In the order of the keys; undefined where there is none. */
  get(keys: readonly string[]): Promise<readonly (Float32Array | undefined)[]>;
  set(entries: readonly (readonly [key: string, vector: Float32Array])[]): Promise<void>;
}

/** Names a text's vector in one embedding space, without telling the text. 43 characters. */
export const embeddingKey = (space: string, text: string): string =>
  createHash('sha256').update(`${space}\0${text}`).digest('base64url');
