import * as vscode from 'vscode';
import { MemoryError } from '../../memory/errors.ts';
import { openMemory } from '../documents/memoryDocuments.ts';
import { SCHEME } from '../documents/memoryUri.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

/**
 * The memory as Markdown beside its document: VS Code's own preview, which tables front matter and runs no command
 * links.
 */
export async function previewMemory(services: CommandServices, ...args: readonly unknown[]): Promise<void> {
  const [first] = args;
  const active = vscode.window.activeTextEditor?.document.uri;
  const uri = first instanceof vscode.Uri ? first : args.length === 0 ? active : undefined;
  const shown = uri?.scheme === SCHEME ? uri : await open(services, args);
  if (shown === undefined) return;
  try {
    await vscode.commands.executeCommand('markdown.showPreviewToSide', shown);
  } catch (error) {
    throw new MemoryError(
      'unsupported-runtime',
      vscode.l10n.t('VS Code’s preview of Markdown is not available.'),
      vscode.l10n.t('Enable the built-in extension “Markdown Language Features”.'),
      { cause: error },
    );
  }
}

async function open(services: CommandServices, args: readonly unknown[]): Promise<vscode.Uri | undefined> {
  const title = vscode.l10n.t('Preview Memory');
  const [memory] = await targetMemories(services, args, { title });
  return memory && (await openMemory(services, memory)).document.uri;
}
