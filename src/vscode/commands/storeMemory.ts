import * as vscode from 'vscode';
import type { NewMemory, StoreResult } from '../../memory/memory.ts';
import { quoted } from '../memoryText.ts';
import { say } from '../say.ts';
import { selectionAsMemory } from '../selection.ts';
import { pickTags } from '../tagPick.ts';
import { typeContent } from '../typeContent.ts';
import type { CommandServices } from './registerCommands.ts';

/**
 * Called with `{ content, tags, … }` (a `NewMemory`) it stores that and asks nothing; else it stores the selected
 * text of the active editor, or what a person types, which begins with `{ draft }`.
 */
export async function storeMemory(
  services: CommandServices,
  given?: unknown,
): Promise<StoreResult | undefined> {
  if (isNewMemory(given)) return save(services, given);
  const draft = draftIn(given);
  const memory =
    (draft === undefined ? await selectionAsMemory(services.projects) : undefined) ?? (await typed(draft));
  return memory && saveThenTag(services, memory);
}

/** Stores the selected text of the active editor with its place; `{ tags }` answers the question for tags. */
export async function storeSelection(
  services: CommandServices,
  given?: unknown,
): Promise<StoreResult | undefined> {
  const selection = await selectionAsMemory(services.projects);
  if (!selection) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Select the text to remember first.'));
    return undefined;
  }
  const tags = (given as { readonly tags?: unknown } | undefined)?.tags;
  return Array.isArray(tags)
    ? save(services, { ...selection, tags: tags.map(String) })
    : saveThenTag(services, selection);
}

const typed = async (draft: string | undefined): Promise<NewMemory | undefined> => {
  const content = await typeContent(draft ?? '');
  return content === undefined ? undefined : { content };
};

/** The memory is safe before its tags are asked for, so leaving that question loses nothing. */
export async function saveThenTag(services: CommandServices, memory: NewMemory): Promise<StoreResult> {
  const result = await save(services, memory);
  const title = vscode.l10n.t('Stored {0}. Add tags', quoted(memory));
  const addTags = await pickTags(services, { title, selected: [] });
  if (addTags && addTags.length > 0) await services.store.update(result.contentHash, { addTags });
  return result;
}

async function save({ store, projects, settings }: CommandServices, memory: NewMemory): Promise<StoreResult> {
  const project = settings.tagWithProject ? await projects.current() : undefined;
  const result = await store.store({
    project: project?.name,
    ...memory,
    source: { client: 'vscode', ...memory.source },
  });
  switch (result.outcome) {
    case 'stored':
      say(vscode.l10n.t('Memory stored'));
      break;
    case 'merged':
      say(vscode.l10n.t('Already remembered: tags and details were merged'));
      break;
    case 'revived':
      say(vscode.l10n.t('Memory stored again: it had been deleted'));
      break;
  }
  return result;
}

const isNewMemory = (value: unknown): value is NewMemory =>
  typeof (value as { readonly content?: unknown } | null | undefined)?.content === 'string';

const draftIn = (value: unknown): string | undefined => {
  const draft = (value as { readonly draft?: unknown } | null | undefined)?.draft;
  return typeof draft === 'string' ? draft : undefined;
};
