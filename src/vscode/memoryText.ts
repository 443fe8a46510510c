import * as vscode from 'vscode';
import type { Memory } from '../memory/memory.ts';
import { plainTagsOf, projectsOf } from '../memory/projects.ts';
import { age } from './age.ts';
import { firstLine, inert, oneLine } from './plainText.ts';

/** The whole texts, as they leave for elsewhere: several are parted by an empty line. */
export const textOf = (memories: readonly Memory[]): string =>
  memories.map(({ content }) => content).join('\n\n');

/** Memories in a row of a tree or of a quick pick, all inert. */

export const labelOf = (memory: Memory): string => firstLine(memory.content);

/** Short enough for a sentence: “Use WAL for SQLite”. */
export const quoted = (memory: { readonly content: string }): string => `“${firstLine(memory.content, 50)}”`;

const TAGS_SHOWN = 6;

/** `#docker #wsl`, inert. */
export function tagsText(memory: Memory): string {
  const tags = plainTagsOf(memory.tags);
  const shown = tags.slice(0, TAGS_SHOWN).map((tag) => inert(`#${oneLine(tag, 30)}`));
  return tags.length > TAGS_SHOWN ? [...shown, '…'].join(' ') : shown.join(' ');
}

/** The memory's age and tags, and its project where `withProject`. */
export const summary = (memory: Memory, withProject = false): string =>
  [
    age(memory.createdAt),
    ...(withProject ? projectsOf(memory.tags).map((project) => oneLine(project, 30)) : []),
    tagsText(memory),
  ]
    .filter((part) => part !== '')
    .join(' · ');

/** More would be read out for minutes. */
const TAGS_SPOKEN = 20;

const spokenTags = (tags: readonly string[]): string =>
  [
    ...tags.slice(0, TAGS_SPOKEN).map((tag) => oneLine(tag, 30)),
    ...(tags.length > TAGS_SPOKEN ? ['…'] : []),
  ].join(', ');

/** Everything that a row's icon and place say to the eye. */
export const spoken = (memory: Memory): string =>
  [
    labelOf(memory),
    age(memory.createdAt, 'long'),
    memory.tags.length > 0 ? vscode.l10n.t('tags {0}', spokenTags(memory.tags)) : '',
    memory.pinned ? vscode.l10n.t('pinned') : '',
    memory.localOnly ? vscode.l10n.t('stays on this machine') : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
