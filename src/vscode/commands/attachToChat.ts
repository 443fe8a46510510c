import * as vscode from 'vscode';
import type { Memory } from '../../memory/memory.ts';
import { textOf } from '../memoryText.ts';
import { say } from '../say.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

/** VS Code's own command (`IChatViewOpenOptions` in its chatActions.ts); other editors may have no chat, or another one. */
const OPEN_CHAT = 'workbench.action.chat.open';

/** Puts memories beside the question in the chat; on the clipboard where there is no chat. */
export async function attachToChat(services: CommandServices, ...args: readonly unknown[]): Promise<void> {
  const memories = await targetMemories(services, args, { title: vscode.l10n.t('Attach to Chat') });
  if (memories.length === 0) return;
  try {
    await openChat(services, memories);
  } catch (error) {
    services.log.info('The chat could not be opened.', error);
    await vscode.env.clipboard.writeText(textOf(memories));
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no chat to attach to here. The text was copied: paste it where you want it.'),
    );
  }
}

async function openChat({ documents }: CommandServices, memories: readonly Memory[]): Promise<void> {
  const known = await vscode.commands.getCommands(true);
  if (!known.includes(OPEN_CHAT)) throw new Error(`There is no command ${OPEN_CHAT}.`);
  await vscode.commands.executeCommand(OPEN_CHAT, {
    query: '',
    isPartialQuery: true,
    attachFiles: await Promise.all(memories.map((memory) => documents.uriOf(memory))),
  });
  say(vscode.l10n.t('Attached to the chat'));
}
