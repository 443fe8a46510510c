import * as vscode from 'vscode';
import type { Memory } from '../../memory/memory.ts';
import { memoryMarkdown } from '../documents/memoryMarkdown.ts';
import { say } from '../say.ts';
import type { CommandServices } from './registerCommands.ts';
import { targetMemories } from './targets.ts';

const formats: Readonly<Record<string, (memories: readonly Memory[]) => string>> = {
  '.jsonl': (memories) => memories.map((memory) => `${JSON.stringify(memory)}\n`).join(''),
  '.json': (memories) => `${JSON.stringify(memories, undefined, 2)}\n`,
  '.md': (memories) => memories.map(memoryMarkdown).join('\n'),
};

/** Writes memories to a file that a person names; its ending says how. Answers the file, or undefined when they leave. */
export async function exportMemories(
  services: CommandServices,
  ...args: readonly unknown[]
): Promise<vscode.Uri | undefined> {
  const memories = await targetMemories(services, args, { title: vscode.l10n.t('Export…') });
  if (memories.length === 0) return undefined;
  const file = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Memories'),
    saveLabel: vscode.l10n.t('Export'),
    defaultUri: defaultFile(),
    filters: {
      [vscode.l10n.t('JSON, one memory a line')]: ['jsonl'],
      JSON: ['json'],
      Markdown: ['md'],
    },
  });
  if (file === undefined) return undefined;
  const ending = /\.\w+$/.exec(file.path)?.[0].toLowerCase() ?? '.jsonl';
  const write = formats[ending] ?? formats['.jsonl'];
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(write?.(memories) ?? ''));
  say(
    memories.length === 1
      ? vscode.l10n.t('Memory exported')
      : vscode.l10n.t('{0} memories exported', memories.length),
  );
  return file;
}

/** In the open folder; else where the dialog begins by itself. */
function defaultFile(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder ? vscode.Uri.joinPath(folder, 'memories.jsonl') : vscode.Uri.file('memories.jsonl');
}
