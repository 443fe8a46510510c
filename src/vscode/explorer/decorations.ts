import * as vscode from 'vscode';
import type { Memory } from '../../memory/memory.ts';

/** Rows of the tree have addresses of this scheme, for their badges alone: nothing opens them. */
const SCHEME = 'edge-memory-row';

/** What a row's badge can tell, the first that holds. */
type Mark = 'replaced' | 'local';

const markOf = (memory: Memory): Mark | undefined =>
  memory.supersededBy !== undefined ? 'replaced' : memory.localOnly ? 'local' : undefined;

/** The address that carries a memory's mark; another one when the mark changes, so that VS Code asks anew. */
export const rowUri = (memory: Memory): vscode.Uri | undefined => {
  const mark = markOf(memory);
  return mark && vscode.Uri.from({ scheme: SCHEME, path: `/${memory.contentHash}`, query: mark });
};

const decorations: Readonly<Record<Mark, () => vscode.FileDecoration>> = {
  replaced: () =>
    new vscode.FileDecoration(
      '→',
      vscode.l10n.t('Replaced by a newer memory'),
      new vscode.ThemeColor('disabledForeground'),
    ),
  local: () => new vscode.FileDecoration('⌂', vscode.l10n.t('Stays on this machine')),
};

/** The badge of a row's address; undefined for every other one. */
export const decorationOf = ({ scheme, query }: vscode.Uri): vscode.FileDecoration | undefined =>
  scheme === SCHEME && Object.hasOwn(decorations, query) ? decorations[query as Mark]() : undefined;

export const registerDecorations = (): vscode.Disposable =>
  vscode.window.registerFileDecorationProvider({ provideFileDecoration: decorationOf });
