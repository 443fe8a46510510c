import * as vscode from 'vscode';

const SCHEME = 'edge-memory-change';

export interface FileChange {
  readonly uri: vscode.Uri;
  readonly exists: boolean;
  /** The whole text that the file would have. */
  readonly after: string;
  /** What applying it does, as a command: “Write the section into AGENTS.md”. */
  readonly title: string;
}

/** Shows what a file would be beside what it is, and asks. */
export async function confirmChange({ uri, exists, after, title }: FileChange): Promise<boolean> {
  const empty = uri.with({ scheme: SCHEME, query: 'before' });
  const changed = uri.with({ scheme: SCHEME, query: 'after' });
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: ({ query }) => (query === 'after' ? after : ''),
  });
  try {
    await vscode.commands.executeCommand('vscode.diff', exists ? uri : empty, changed, title, {
      preview: true,
    });
    const yes: vscode.QuickPickItem = { label: `$(check) ${title}` };
    const no: vscode.QuickPickItem = { label: vscode.l10n.t('$(close) Leave it as it is') };
    const answer = await vscode.window.showQuickPick([yes, no], {
      title,
      placeHolder: vscode.l10n.t('The change is shown below; nothing is written yet'),
      // A look at the change, with the mouse or F6, must not answer in the person's place.
      ignoreFocusOut: true,
    });
    return answer === yes;
  } finally {
    await closeDiff(changed);
    provider.dispose();
  }
}

async function closeDiff(changed: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputTextDiff && input.modified.toString() === changed.toString(),
    );
  await vscode.window.tabGroups.close(tabs);
}
