/** Keys of em_meta that several parts read. */
export const SPACE_KEY = 'embedding_space';
/** The name of the index since it was rebuilt; before, it is the one that was connected. */
export const INDEX_KEY = 'vector_index';
/** There once the second index exists. */
export const CHUNKS_KEY = 'chunks_index';
