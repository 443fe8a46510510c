/** U+2581 stands for a space, and begins every text. */
const SPACE = '\u2581';
/** The first ids are control symbols, which no text contains. */
const CONTROL_SYMBOLS = 6;
/** Of a character that no piece begins with. */
const UNKNOWN = 0;

export type Vocabulary = readonly (readonly [piece: string, logProbability: number])[];

/**
 * SentencePiece's unigram segmentation as the reference package (@energetic-ai/embeddings) does it: the pieces of
 * the vocabulary with the highest sum of log probabilities, found by Viterbi's algorithm.
 */
export class UnigramTokenizer {
  readonly #pieces = new Map<string, { readonly id: number; readonly score: number }>();
  readonly #longest: number;

  constructor(vocabulary: Vocabulary) {
    for (const [id, [piece, score]] of vocabulary.entries()) {
      if (id >= CONTROL_SYMBOLS) this.#pieces.set(piece, { id, score });
    }
    this.#longest = Math.max(...vocabulary.map(([piece]) => piece.length));
  }

  /** Ids of the pieces, a run of unknown characters as one. Reads no more than `maxTokens` of the longest pieces hold. */
  tokenize(text: string, maxTokens = Infinity): number[] {
    const normalized = text.normalize('NFKC').slice(0, maxTokens * this.#longest);
    const symbols = normalized === '' ? '' : SPACE + normalized.replaceAll(' ', SPACE);
    return this.#trace(this.#bestPieces(symbols)).slice(0, maxTokens);
  }

  /** For each position of the text, the id and length of the best segmentation's piece that ends there. */
  #bestPieces(symbols: string): { readonly ids: Int32Array; readonly lengths: Uint8Array } {
    const scores = new Float64Array(symbols.length + 1);
    // A character that no piece begins with keeps these: no piece of the vocabulary goes across one.
    const ids = new Int32Array(symbols.length + 1).fill(UNKNOWN);
    const lengths = new Uint8Array(symbols.length + 1).fill(1);
    for (let start = 0; start < symbols.length; start++) {
      const reach = (length: number, id: number, score: number): void => {
        const total = (scores[start] ?? 0) + score;
        const end = start + length;
        // Like the reference, where 0 is also the score of "not reached yet".
        if (scores[end] !== 0 && total < (scores[end] ?? 0)) return;
        scores[end] = total;
        ids[end] = id;
        lengths[end] = length;
      };
      for (let length = 1; length <= Math.min(this.#longest, symbols.length - start); length++) {
        const piece = this.#pieces.get(symbols.slice(start, start + length));
        if (piece !== undefined) reach(length, piece.id, piece.score);
      }
    }
    return { ids, lengths };
  }

  #trace({ ids, lengths }: { readonly ids: Int32Array; readonly lengths: Uint8Array }): number[] {
    const found: number[] = [];
    for (let end = ids.length - 1; end > 0; end -= lengths[end] ?? 1) {
      const id = ids[end] ?? UNKNOWN;
      if (id !== UNKNOWN || found.at(-1) !== UNKNOWN) found.push(id);
    }
    return found.reverse();
  }
}
