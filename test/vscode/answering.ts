import * as vscode from 'vscode';

type Shown = 'showInformationMessage' | 'showWarningMessage' | 'showErrorMessage';

interface Message {
  readonly text: string;
  readonly detail: string;
}

/** Answers messages in a person's place: the button of the first that fits the text. */
export function answering(answers: Readonly<Record<string, string>>): { seen: Message[]; restore(): void } {
  const seen: Message[] = [];
  const kinds: readonly Shown[] = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'];
  const originals = kinds.map((kind) => [kind, vscode.window[kind]] as const);
  const replacement = (text: string, options?: unknown): Promise<string | undefined> => {
    const { detail = '' } = (options ?? {}) as { readonly detail?: string };
    seen.push({ text, detail });
    const known = Object.entries(answers).find(([beginning]) => text.startsWith(beginning));
    return Promise.resolve(known?.[1]);
  };
  for (const kind of kinds) Object.assign(vscode.window, { [kind]: replacement });
  return { seen, restore: () => Object.assign(vscode.window, Object.fromEntries(originals)) };
}
