import * as vscode from 'vscode';
import { describeError, isCancellation } from '../errors.ts';
import { SIGN_UP, tokenForm } from './tokenForm.ts';

interface LinkButton extends vscode.QuickInputButton {
  readonly link: string;
}

export interface TokenQuestion<T> {
  readonly title: string;
  /** What comes of the token; a rejection is shown, and the person can try another one. */
  readonly check: (token: string, signal: AbortSignal) => Promise<T>;
}

/** Asks for an API token until one passes the check. Undefined when the person leaves, which also ends the check. */
export function askToken<T>({ title, check }: TokenQuestion<T>): Promise<T | undefined> {
  const input = vscode.window.createInputBox();
  const link = (icon: string, tooltip: string, target: string): LinkButton => ({
    iconPath: new vscode.ThemeIcon(icon),
    tooltip,
    link: target,
  });
  input.title = title;
  input.prompt = vscode.l10n.t(
    'Paste a Cloudflare API token. The key above opens Cloudflare’s form, filled in with what is needed; it stays in VS Code’s secret storage.',
  );
  input.placeholder = vscode.l10n.t('API token');
  input.password = true;
  input.ignoreFocusOut = true;
  input.buttons = [
    link('key', vscode.l10n.t('Create a token at Cloudflare'), tokenForm()),
    link('person-add', vscode.l10n.t('Sign up for a free Cloudflare account'), SIGN_UP),
  ];
  const left = new AbortController();
  const verify = async (): Promise<T | undefined> => {
    const token = input.value.trim();
    if (token === '' || input.busy) return undefined;
    input.busy = true;
    input.enabled = false;
    input.validationMessage = {
      message: vscode.l10n.t('Asking Cloudflare… Escape cancels.'),
      severity: vscode.InputBoxValidationSeverity.Info,
    };
    try {
      return await check(token, left.signal);
    } catch (error) {
      if (!isCancellation(error)) input.validationMessage = describeError(error);
      return undefined;
    } finally {
      input.busy = false;
      input.enabled = true;
    }
  };
  return new Promise((resolve) => {
    input.onDidTriggerButton((button) => {
      void vscode.env.openExternal(vscode.Uri.parse((button as LinkButton).link));
    });
    input.onDidChangeValue(() => {
      input.validationMessage = undefined;
    });
    input.onDidAccept(async () => {
      const result = await verify();
      if (result === undefined) return;
      resolve(result);
      input.hide();
    });
    input.onDidHide(() => {
      left.abort();
      resolve(undefined);
      input.dispose();
    });
    input.show();
  });
}
