import * as vscode from 'vscode';
import type { Approval } from '../../mcp/approval.ts';
import type { Proposal, ProposalPart } from '../../mcp/proposal.ts';
import { number } from '../numbers.ts';
import { oneLine } from '../plainText.ts';

const SHOWN = 5;
const LINE = 300;
/** Of a text, and of each other part of a memory; a dialog's buttons must stay on the screen. Characters. */
const ALONE = { content: 900, other: LINE };
const OF_SEVERAL = { content: 200, other: 80 };

/** Asks in a dialog; an agent that gives up meanwhile gets no. */
export const windowApproval: Approval = {
  stores: (proposals, client, signal) => {
    const [first = []] = proposals;
    const question =
      proposals.length === 1
        ? vscode.l10n.t('{0} wants to store a memory.', oneLine(client, 60))
        : vscode.l10n.t('{0} wants to store {1} memories.', oneLine(client, 60), number(proposals.length));
    const detail =
      proposals.length === 1
        ? linesOf(first, ALONE).join('\n')
        : firstOf(proposals.map((proposal) => linesOf(proposal, OF_SEVERAL).join('\n'))).join('\n\n');
    return ask(question, detail, vscode.l10n.t('Store'), signal);
  },
  changes: (proposal, client, signal) => {
    const question = vscode.l10n.t('{0} wants to change a memory.', oneLine(client, 60));
    return ask(question, linesOf(proposal, ALONE).join('\n'), vscode.l10n.t('Change'), signal);
  },
  credentials: (found, client, signal) => {
    const question = vscode.l10n.t('{0} wants to store what looks like credentials.', oneLine(client, 60));
    const risk = vscode.l10n.t('Every agent can read what is stored, and it may be synchronised.');
    const places = firstOf(found.map((place) => oneLine(place, LINE)));
    return ask(question, [...places, '', risk].join('\n'), vscode.l10n.t('Store Anyway'), signal);
  },
};

const firstOf = (texts: readonly string[]): string[] => [
  ...texts.slice(0, SHOWN),
  ...(texts.length > SHOWN
    ? [vscode.l10n.t('{0} more are not shown here.', number(texts.length - SHOWN))]
    : []),
];

/** A line for each part; no text can pass for another part. */
const linesOf = (proposal: Proposal, limits: Readonly<Record<'content' | 'other', number>>): string[] =>
  proposal.map(({ part, text }, i) => {
    const shown = cut(text, part === 'content' ? limits.content : limits.other);
    return part === 'content' && i === 0 ? shown : labelled(part, shown || vscode.l10n.t('none'));
  });

const labelled = (part: ProposalPart, text: string): string => {
  switch (part) {
    case 'content':
      return vscode.l10n.t('New text: {0}', text);
    case 'present':
      return vscode.l10n.t('Text now: {0}', text);
    case 'supersedes':
      return vscode.l10n.t('Takes the place of: {0}', text);
    case 'tags':
      return vscode.l10n.t('Tags: {0}', text);
    case 'addTags':
      return vscode.l10n.t('Tags added: {0}', text);
    case 'removeTags':
      return vscode.l10n.t('Tags removed: {0}', text);
    case 'type':
      return vscode.l10n.t('Type: {0}', text);
    case 'project':
      return vscode.l10n.t('Project: {0}', text);
    case 'metadata':
      return vscode.l10n.t('Metadata: {0}', text);
  }
};

/** On one line; what is cut is not agreed to unknowingly. */
const cut = (text: string, length: number): string => {
  const [shown, whole] = [oneLine(text, length), oneLine(text, text.length)];
  if (shown === whole) return shown;
  return vscode.l10n.t(
    '{0} ({1} of {2} characters shown)',
    shown,
    number(shown.length - 1),
    number(whole.length),
  );
};

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
