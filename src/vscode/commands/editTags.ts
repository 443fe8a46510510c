import * as vscode from 'vscode';
import type { Memory } from '../../memory/memory.ts';
import { plainTagsOf } from '../../memory/projects.ts';
import { exactChanges, undoOf } from '../../memory/retagging.ts';
import { normaliseTags } from '../../memory/tags.ts';
import { quoted } from '../memoryText.ts';
import { number } from '../numbers.ts';
import { say } from '../say.ts';
import { pickTags } from '../tagPick.ts';
import { offerUndo } from '../undo.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

/**
 * Offers the tags that all the memories share; what is ticked is added to each, what is cleared removed from each.
 * A call with `(memories, { tags })` answers the question.
 */
export async function editTags(services: CommandServices, ...args: readonly unknown[]): Promise<Memory[]> {
  const memories = await targetMemories(services, args, { title: vscode.l10n.t('Edit Tags') });
  const [first, ...others] = memories.map(({ tags }) => plainTagsOf(tags));
  if (!first) return [];
  const rest = others.map((tags) => new Set(tags));
  const shared = new Set(first.filter((tag) => rest.every((tags) => tags.has(tag))));
  const wanted =
    tagsIn(args[1]) ?? (await pickTags(services, { title: titleFor(memories), selected: [...shared] }));
  if (wanted === undefined) return [];
  const kept = new Set(wanted);
  const added = wanted.filter((tag) => !shared.has(tag));
  const changes = exactChanges(memories, (tags) => [
    ...tags.filter((tag) => kept.has(tag) || !shared.has(tag)),
    ...added,
  ]);
  if (changes.length === 0) return memories;
  const { store, errors } = services;
  await store.retag(changes);
  if (changes.length === 1) say(vscode.l10n.t('Tags changed'));
  else void offerUndo(errors, changedText(changes.length), () => store.retag(changes.map(undoOf)));
  return store.get(memories.map(({ contentHash }) => contentHash));
}

const changedText = (count: number): string =>
  vscode.l10n.t('Changed the tags of {0} memories.', number(count));

const titleFor = (memories: readonly Memory[]): string =>
  memories.length === 1 && memories[0]
    ? vscode.l10n.t('Tags of {0}', quoted(memories[0]))
    : vscode.l10n.t('Tags of {0} memories', number(memories.length));

const tagsIn = (value: unknown): readonly string[] | undefined => {
  const tags = (value as { readonly tags?: unknown } | null | undefined)?.tags;
  return Array.isArray(tags) ? normaliseTags(tags.map(String)) : undefined;
};
