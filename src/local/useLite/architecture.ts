/** Sizes of Universal Sentence Encoder lite, as its published graph has them. */
export const architecture = {
  pieces: 8002,
  /** Of a token's embedding, and of the first layer's attention. */
  embeddingWidth: 256,
  width: 512,
  /** Of the feed-forward part, and of queries, keys and values together: the widest activations. */
  feedForwardWidth: 1536,
  heads: 4,
  /** What follows is clipped. */
  maxTokens: 128,
} as const;
