/** Runs that tokenizers keep together: words, numbers, white space, and each other character. */
const PIECES = /[a-z]+|[A-Z]+|\d+|[ \t]+|[\x21-\x7e]|[\r\n]|[^\p{ASCII}]/gu;

const costOf = (piece: string): number => {
  const { length } = piece;
  // Common words are one token; what is no word, such as a hash, is cut every two or three letters.
  if (/^[a-z]/.test(piece)) return length <= 12 ? Math.ceil(length / 5) : Math.ceil(length / 2);
  if (/^[A-Z]/.test(piece)) return Math.ceil(length / 2);
  if (/^\d/.test(piece)) return Math.ceil(length / 2);
  if (/^[ \t]/.test(piece)) return length === 1 ? 0.1 : 1;
  return piece.charCodeAt(0) < 0x80 ? 0.8 : 1.5 * length;
};

/** How many tokens of a language model a text costs: rather too many than too few, without a tokenizer's tables. */
export const estimatedTokens = (text: string): number =>
  Math.ceil((text.match(PIECES) ?? []).reduce((sum, piece) => sum + costOf(piece), 0));
