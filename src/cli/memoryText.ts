import type { CodeState } from '../memory/codeDrift.ts';
import type { EffectiveMode, Memory, SearchHit, Snippet } from '../memory/memory.ts';
import { plainTagsOf, projectsOf } from '../memory/projects.ts';
import { ageOf } from '../memory/age.ts';
import { codeStateText } from './codeStates.ts';
import { dateTime } from './dateTime.ts';
import { headline, inert, oneLine } from './inertText.ts';
import { bold, dim, labelled } from './output.ts';

/** How memories are printed for a person; everything that was stored is made inert. */

/** Enough of a hash to type: unique among millions. */
export const shortHash = (contentHash: string): string => inert(contentHash.slice(0, 12));

const width = (): number => process.stdout.columns || 100;

const wordsOf = (memory: Memory, state?: CodeState): string[] => [
  ...[codeStateText(state)].filter((text) => text !== undefined),
  ...(memory.memoryType === undefined ? [] : [oneLine(memory.memoryType)]),
  ...projectsOf(memory.tags).map((project) => `@${oneLine(project)}`),
  ...plainTagsOf(memory.tags).map((tag) => `#${oneLine(tag)}`),
  ...(memory.pinned ? ['pinned'] : []),
  ...(memory.localOnly ? ['this machine only'] : []),
  ...(memory.supersededBy === undefined ? [] : [`superseded by ${shortHash(memory.supersededBy)}`]),
];

/** A line of a list. */
export const memoryLine = (memory: Memory, state?: CodeState): string => {
  const words = wordsOf(memory, state).join(' ');
  const text = headline(memory.content, Math.max(30, width() - 30 - Math.min(words.length, 30)));
  return `${bold(shortHash(memory.contentHash))}  ${dim(ageOf(memory.createdAt).padEnd(14))}  ${text}${words && `  ${dim(words)}`}`;
};

const snippetText = ({ text, marks, truncatedBefore, truncatedAfter }: Snippet): string => {
  const parts: string[] = [];
  let shown = 0;
  for (const [start, end] of marks) {
    parts.push(oneLine(text.slice(shown, start)), bold(oneLine(text.slice(start, end))));
    shown = end;
  }
  parts.push(oneLine(text.slice(shown)));
  return `${truncatedBefore ? '…' : ''}${parts.join('').trim()}${truncatedAfter ? '…' : ''}`;
};

/** Two lines: which memory, how well and why; the part that matched. */
export const hitText = ({ memory, score, match, snippet }: SearchHit, state?: CodeState): string => {
  const how = match === 'both' ? 'keyword and meaning' : match;
  const facts = [ageOf(memory.createdAt), ...wordsOf(memory, state)].join(' ');
  return `${bold(shortHash(memory.contentHash))}  ${score.toFixed(2)} ${how}  ${dim(facts)}\n  ${snippetText(snippet)}`;
};

/** Everything about one memory, and all of its content. */
export const memoryText = (memory: Memory, state?: CodeState): string => {
  const { source, metadata } = memory;
  const facts = labelled([
    ['memory', bold(inert(memory.contentHash))],
    ['type', memory.memoryType && oneLine(memory.memoryType)],
    ['project', projectsOf(memory.tags).map(oneLine).join(', ')],
    ['tags', plainTagsOf(memory.tags).map(oneLine).join(', ')],
    ['created', dateTime(memory.createdAt)],
    ['updated', dateTime(memory.updatedAt)],
    ['deleted', memory.deletedAt === undefined ? undefined : dateTime(memory.deletedAt)],
    ['pinned', memory.pinned ? 'yes' : undefined],
    ['stays here', memory.localOnly ? 'never leaves this machine' : undefined],
    ['superseded', memory.supersededBy && `by ${inert(memory.supersededBy)}`],
    ['source', source && oneLine(Object.values(source).flat().join(' '))],
    ['code', state && codeAdvice(state)],
    ['metadata', Object.keys(metadata).length === 0 ? undefined : inert(JSON.stringify(metadata))],
  ]);
  return `${facts}\n\n${inert(memory.content)}`;
};

const codeAdvice = (state: CodeState): string | undefined => {
  const what = codeStateText(state);
  return what && `${what}; what no longer holds: edge-memory update, or edge-memory delete`;
};

const KEYWORD: Readonly<Record<EffectiveMode['keyword'], string | undefined>> = {
  'full-text': 'keyword',
  'plain-scan': 'whole words',
  substring: 'exact text',
  off: undefined,
};

/** How memories were found: “keyword + basic local meaning”, and why with less where that is so. */
export const modeText = (mode: EffectiveMode): string => {
  const ways = [KEYWORD[mode.keyword], mode.meaning].filter((way) => way !== undefined).join(' + ');
  if (mode.reducedBecause === undefined) return ways;
  const reason = inert(mode.reducedBecause);
  // The reason itself begins with “keyword only”.
  return mode.keyword === 'full-text' ? reason : `${ways || 'no way to search'} (${reason})`;
};
