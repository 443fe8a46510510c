import * as vscode from 'vscode';
import type { Approval } from '../../mcp/approval.ts';
import { oneLine } from '../plainText.ts';

const SHOWN = 5;
const LINE = 300;

/** Asks in a dialog; an agent that gives up meanwhile gets no. */
export const windowApproval: Approval = {
  stores: (contents, client, signal) => {
    const [first = ''] = contents;
    const question =
      contents.length === 1
        ? vscode.l10n.t('{0} wants to store a memory.', oneLine(client, 60))
        : vscode.l10n.t('{0} wants to store {1} memories.', oneLine(client, 60), contents.length);
    const detail =
      contents.length === 1 ? oneLine(first, LINE * 3) : contents.slice(0, SHOWN).map(short).join('\n');
    return ask(question, detail, vscode.l10n.t('Store'), signal);
  },
  credentials: (found, client, signal) => {
    const question = vscode.l10n.t('{0} wants to store what looks like credentials.', oneLine(client, 60));
    const risk = vscode.l10n.t('Every agent can read what is stored, and it may be synchronised.');
    const places = found.slice(0, SHOWN).map(short);
    return ask(question, [...places, '', risk].join('\n'), vscode.l10n.t('Store Anyway'), signal);
  },
};

const short = (text: string): string => oneLine(text, LINE);

const ask = async (
  question: string,
  detail: string,
  yes: string,
  signal: AbortSignal | undefined,
): Promise<boolean> => {
  const answered = vscode.window.showWarningMessage(question, { modal: true, detail }, yes);
  const gone = new Promise<undefined>((resolve) =>
    signal?.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  return (await Promise.race([answered, gone])) === yes;
};
