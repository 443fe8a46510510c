import * as vscode from 'vscode';
import type { Memory, MemorySource } from '../../memory/memory.ts';
import { plainTagsOf, projectsOf } from '../../memory/projects.ts';
import { inert, oneLine } from '../plainText.ts';

/** The beginning of a memory and what is known about it. No trust, no HTML; everything of the memory is text, not Markdown. */
export function describeMemory(memory: Memory): vscode.MarkdownString {
  // appendText escapes markup, all but links in angle brackets.
  const text = inert(memory.truncated ? `${memory.content}…` : memory.content);
  const tooltip = new vscode.MarkdownString().appendText(text);
  tooltip.appendMarkdown('\n\n---\n\n');
  for (const [name, value] of factsOf(memory))
    tooltip
      .appendMarkdown('**')
      .appendText(name)
      .appendMarkdown('** ')
      .appendText(inert(value))
      .appendMarkdown('  \n');
  return tooltip;
}

const factsOf = (memory: Memory): (readonly [string, string])[] => {
  const tags = plainTagsOf(memory.tags).map((tag) => `#${oneLine(tag, 40)}`);
  const facts: readonly (readonly [string, string | undefined])[] = [
    [vscode.l10n.t('Tags'), tags.slice(0, 20).join(' ') + (tags.length > 20 ? ' …' : '')],
    [vscode.l10n.t('Type'), memory.memoryType && oneLine(memory.memoryType, 60)],
    [
      vscode.l10n.t('Project'),
      projectsOf(memory.tags)
        .slice(0, 20)
        .map((name) => oneLine(name, 60))
        .join(', '),
    ],
    [vscode.l10n.t('Created'), dateTime(memory.createdAt)],
    [vscode.l10n.t('Deleted'), memory.deletedAt === undefined ? undefined : dateTime(memory.deletedAt)],
    [vscode.l10n.t('From'), memory.source && placeOf(memory.source)],
    [vscode.l10n.t('Kept'), memory.localOnly ? vscode.l10n.t('on this machine only') : undefined],
    [vscode.l10n.t('Replaced'), memory.supersededBy ? vscode.l10n.t('by a newer memory') : undefined],
  ];
  return facts.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
};

const placeOf = ({ path, lines, client }: MemorySource): string =>
  [path && oneLine(path, 120) + (lines ? `:${lines[0]}` : ''), client && oneLine(client, 60)]
    .filter(Boolean)
    .join(' · ');

const dateTime = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
