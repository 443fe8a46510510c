import * as vscode from 'vscode';
import type { Memory } from '../../memory/memory.ts';
import { plainTagsOf } from '../../memory/projects.ts';
import { quoted } from '../memoryText.ts';
import { say } from '../say.ts';
import { pickTags } from '../tagPick.ts';
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
  const addTags = wanted.filter((tag) => !shared.has(tag));
  const removeTags = [...shared].filter((tag) => !kept.has(tag));
  if (addTags.length + removeTags.length === 0) return memories;
  const hashes = memories.map(({ contentHash }) => contentHash);
  await services.store.retag(
    hashes.map((contentHash) => ({ contentHash, add: addTags, remove: removeTags })),
  );
  say(vscode.l10n.t('Tags changed'));
  return services.store.get(hashes);
}

const titleFor = (memories: readonly Memory[]): string =>
  memories.length === 1 && memories[0]
    ? vscode.l10n.t('Tags of {0}', quoted(memories[0]))
    : vscode.l10n.t('Tags of {0} memories', memories.length);

const tagsIn = (value: unknown): readonly string[] | undefined => {
  const tags = (value as { readonly tags?: unknown } | null | undefined)?.tags;
  return Array.isArray(tags) ? tags.map(String) : undefined;
};
