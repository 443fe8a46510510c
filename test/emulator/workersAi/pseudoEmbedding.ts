/**
 * A stand-in for an embedding model on a GPU: words (stemmed) and character trigrams, hashed to sparse random directions
 * and summed. Texts that share words or word forms are close; synonyms are not. Deterministic on every machine.
 */
export type Pooling = 'mean' | 'cls';

export interface PseudoModel {
  /** Makes the directions of two models unrelated. */
  readonly name: string;
  readonly dimensions: number;
  readonly maxTokens: number;
}

/** Directions of one feature; few, so that a text costs microseconds. */
const spread = 24;
const trigramWeight = 0.3;
const stopWordWeight = 0.1;
/** Unrelated English texts lie near this cosine under bge, by reports: what all vectors have in common. */
const commonCosine = 0.45;

const stopWords = new Set(
  'a an and are as at be been but by can do does for from had has have how i if in is it its my no not of on or our so that the their them then there these they this to was we were what when where which who why will with you your'.split(
    ' ',
  ),
);

/** An L2-normalised vector; text past the model's tokens counts for nothing. */
export function pseudoEmbedding(text: string, model: PseudoModel, pooling: Pooling): number[] {
  const space = `${model.name}:${pooling}`;
  const vector = new Float64Array(model.dimensions);
  for (const [feature, weight] of features(wordsOf(text, model.maxTokens))) {
    addDirection(vector, `${space}:${feature}`, weight);
  }
  normalise(vector, Math.sqrt(1 - commonCosine));
  const common = new Float64Array(model.dimensions);
  for (let part = 0; part < model.dimensions / spread; part++)
    addDirection(common, `${space}:common:${part}`, 1);
  normalise(common, Math.sqrt(commonCosine));
  for (const [index, value] of common.entries()) vector[index] = (vector[index] ?? 0) + value;
  normalise(vector, 1);
  return Array.from(vector);
}

/** About what a WordPiece tokenizer makes of a text: two marks, one token a short word, more for long ones. */
export function countTokens(text: string): number {
  return pieces(text).reduce((sum, piece) => sum + tokensOf(piece), 2);
}

function wordsOf(text: string, maxTokens: number): string[] {
  const words: string[] = [];
  let tokens = 2;
  for (const piece of pieces(text)) {
    tokens += tokensOf(piece);
    if (tokens > maxTokens) break;
    if (/[\p{L}\p{N}]/u.test(piece)) words.push(piece);
  }
  return words;
}

/** Words, single characters of scripts written without spaces, and punctuation. */
function pieces(text: string): string[] {
  const normal = text.normalize('NFKC').toLowerCase();
  return (
    normal.match(
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{N}]/gu,
    ) ?? []
  );
}

function tokensOf(piece: string): number {
  return piece.length <= 8 ? 1 : Math.ceil(piece.length / 5);
}

function features(words: readonly string[]): Map<string, number> {
  const weights = new Map<string, number>();
  const add = (feature: string, weight: number): void => {
    weights.set(feature, (weights.get(feature) ?? 0) + weight);
  };
  for (const word of words) {
    const weight = stopWords.has(word) ? stopWordWeight : 1;
    add(`w:${stem(word)}`, weight);
    const framed = ` ${word} `;
    for (let at = 0; at + 3 <= framed.length; at++)
      add(`t:${framed.slice(at, at + 3)}`, weight * trigramWeight);
  }
  // A word said ten times doesn't mean ten times as much.
  for (const [feature, weight] of weights) weights.set(feature, Math.sqrt(weight));
  return weights;
}

/** The commonest English endings only. */
function stem(word: string): string {
  const stemmed = word.replace(/(?:ations?|ings?|edly|ed|ies|es|ly|s)$/, '').replace(/(.)\1$/, '$1');
  return stemmed.length >= 3 ? stemmed.replace(/[ey]$/, '') : word;
}

function addDirection(vector: Float64Array, feature: string, weight: number): void {
  let state = hash(feature);
  for (let step = 0; step < spread; step++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    const mixed = (state ^ (state >>> 13)) >>> 0;
    const index = mixed % vector.length;
    vector[index] = (vector[index] ?? 0) + (mixed & 0x40000000 ? weight : -weight);
  }
}

/** FNV-1a of the UTF-16 code units. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return state >>> 0;
}

function normalise(vector: Float64Array, length: number): void {
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (norm === 0) return;
  for (const [index, value] of vector.entries()) vector[index] = (value / norm) * length;
}
