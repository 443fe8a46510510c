import * as vscode from 'vscode';
import { isFromCode } from '../../memory/codeStates.ts';
import type { Memory, SearchHit } from '../../memory/memory.ts';
import { plainTagsOf, projectsOf } from '../../memory/projects.ts';
import type { ResultRow } from '../../shared/searchProtocol.ts';
import { age } from '../age.ts';
import { labelOf } from '../memoryText.ts';
import { oneLine, seen } from '../plainText.ts';
import { matchReason } from '../search/searchItems.ts';

/** Characters of a memory that a row can show. */
export const ROW_CONTENT = 240;
const TAGS_SHOWN = 20;

export function listRow(memory: Memory): ResultRow {
  return {
    ...common(memory),
    title: undefined,
    text: seen(memory.content.slice(0, ROW_CONTENT)),
    marks: [],
    truncatedBefore: false,
    score: undefined,
    why: undefined,
  };
}

export function hitRow({ memory, score, match, snippet }: SearchHit): ResultRow {
  return {
    ...common(memory),
    title: snippet.truncatedBefore ? labelOf(memory) : undefined,
    text: seen(snippet.text),
    marks: snippet.marks,
    truncatedBefore: snippet.truncatedBefore,
    score,
    why: matchReason(match),
  };
}

function common(memory: Memory) {
  const tags = plainTagsOf(memory.tags);
  return {
    hash: memory.contentHash,
    tags: tags.slice(0, TAGS_SHOWN).map((tag) => oneLine(tag, 40)),
    moreTags: Math.max(0, tags.length - TAGS_SHOWN),
    type: memory.memoryType === undefined ? undefined : oneLine(memory.memoryType, 40),
    projects: projectsOf(memory.tags).map((project) => oneLine(project, 40)),
    age: age(memory.createdAt),
    date: new Date(memory.createdAt * 1000).toLocaleString(vscode.env.language),
    pinned: memory.pinned,
    localOnly: memory.localOnly,
    superseded: memory.supersededBy !== undefined,
    fromCode: isFromCode(memory),
  };
}
