/** A part of a text: [start, end) in UTF-16 code units. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
}

/** Where a chunk likes to end, best first. */
const BOUNDARIES = ['\n\n', '\n', '. ', '。', ' '];

const isLowSurrogate = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
};

const endOf = (text: string, start: number, size: number): number => {
  const latest = start + size;
  if (latest >= text.length) return text.length;
  const earliest = start + Math.floor(size * 0.6);
  // A slice: in a text without the boundary, a search would go through all of it for each chunk.
  const tail = text.slice(earliest, latest);
  for (const boundary of BOUNDARIES) {
    const at = tail.lastIndexOf(boundary);
    if (at >= 0) return earliest + at + boundary.length;
  }
  return isLowSurrogate(text, latest) ? latest - 1 : latest;
};

const startAfter = (text: string, end: number, overlap: number): number => {
  const earliest = end - overlap;
  const start = earliest + text.slice(earliest, end).indexOf(' ') + 1;
  return isLowSurrogate(text, start) ? start + 1 : start;
};

/**
 * Cuts a text into chunks that overlap, so that nothing is torn apart only by where a chunk ends. The same text and
 * sizes always give the same chunks: a chunk's number is enough to find its place again.
 */
export const chunksOf = (text: string, { size, overlap }: { size: number; overlap: number }): Chunk[] => {
  const chunks: Chunk[] = [];
  for (let start = 0; ;) {
    const end = endOf(text, start, size);
    chunks.push({ start, end });
    if (end >= text.length) return chunks;
    start = Math.max(startAfter(text, end, overlap), start + 1);
  }
};
