import type { Memory, SearchHit } from '../../memory/memory.ts';
import { ageOf } from '../../memory/age.ts';

/** A memory and, where it was searched for, why it was found. */
export interface Found extends Partial<Omit<SearchHit, 'memory'>> {
  readonly memory: Memory;
  /** The lines that it was made from are nowhere in their file any more, or the file is gone. */
  readonly codeChanged?: 'changed' | 'missing' | undefined;
}

const SHORT = 16;

/** Long enough to be unique, short enough to be cheap; every tool takes it. Hashes of other recipes stay whole. */
export const shortHash = (hash: string): string =>
  /^[0-9a-f]{64}$/.test(hash) ? hash.slice(0, SHORT) : hash;

const WHY: Readonly<Record<SearchHit['match'], string>> = {
  keyword: 'words',
  meaning: 'meaning',
  both: 'words and meaning',
  exact: 'exact text',
};

/** Which part of the content an entry shows, in UTF-16 code units. */
export interface Shown {
  readonly text: string;
  readonly from: number;
}

/** One entry of an answer; `part`: the content that is shown where it is not all. */
export const entryOf = (
  rank: number,
  { memory, score, match, similarity, codeChanged }: Found,
  part?: Shown,
): object => ({
  rank,
  hash: shortHash(memory.contentHash),
  ...(score !== undefined && { score: rounded(score) }),
  ...(match && { why: WHY[match] }),
  ...(similarity !== undefined && { similarity: rounded(similarity) }),
  age: ageOf(memory.createdAt),
  created: new Date(memory.createdAt * 1000).toISOString().slice(0, 10),
  tags: memory.tags,
  ...(memory.memoryType !== undefined && { type: memory.memoryType }),
  ...(memory.pinned && { pinned: true }),
  ...(memory.source?.client !== undefined && { by: memory.source.client }),
  ...(memory.source?.path !== undefined && { file: memory.source.path }),
  ...(codeChanged && { code_changed: codeChanged === 'missing' ? 'file gone' : true }),
  ...(memory.supersededBy !== undefined && { superseded_by: shortHash(memory.supersededBy) }),
  ...(part && { cut: { from: part.from, to: part.from + part.text.length, bytes: memory.contentSize } }),
  content: part?.text ?? memory.content,
});

const rounded = (value: number): number => Math.round(value * 100) / 100;
