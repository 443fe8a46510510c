import * as vscode from 'vscode';

/** What a person types to be remembered, not blank; undefined when they leave. */
export function typeContent(draft: string): Promise<string | undefined> {
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t('Store Memory');
  input.prompt = vscode.l10n.t('A fact, a decision, a command: anything to find again.');
  input.placeholder = vscode.l10n.t('What should be remembered?');
  input.value = draft;
  input.valueSelection = [draft.length, draft.length];
  input.ignoreFocusOut = true;
  return new Promise((resolve) => {
    input.onDidChangeValue(() => {
      input.validationMessage = undefined;
    });
    input.onDidAccept(() => {
      if (input.value.trim() === '') {
        input.validationMessage = vscode.l10n.t('Type something to remember, or press Escape.');
        return;
      }
      resolve(input.value);
      input.hide();
    });
    input.onDidHide(() => {
      resolve(undefined);
      input.dispose();
    });
    input.show();
  });
}
