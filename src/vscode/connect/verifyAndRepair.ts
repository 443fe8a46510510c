import * as vscode from 'vscode';
import type { VerifyProblem, VerifyReport } from '../../memory/memory.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { number } from '../numbers.ts';
import { withProgress } from '../progress.ts';

/** Compares the records with what is derived from them, shows what is wrong, and mends it after a yes. */
export async function verifyAndRepair({
  store,
  settings,
  connection,
}: CommandServices): Promise<VerifyReport> {
  const report = await withProgress(vscode.l10n.t('Verifying memories'), ({ signal }) =>
    store.verify({ signal }),
  );
  const isConnected = connection.target !== undefined;
  // On this machine they are on their way.
  const waiting = isConnected ? await pendingIn(store) : 0;
  if (report.problems.length === 0 && waiting === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} memories verified: nothing is wrong.', number(report.checked)),
    );
    return report;
  }
  const repair = vscode.l10n.t('Repair');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} memories verified', number(report.checked)),
    {
      modal: true,
      detail: [
        ...report.problems.map(describeProblem),
        ...(waiting > 0
          ? [
              vscode.l10n.t(
                '{0} × a memory that waits for its vector: found by its words only',
                number(waiting),
              ),
            ]
          : []),
      ].join('\n'),
    },
    repair,
  );
  if (answer !== repair) return report;
  const left = await withProgress(vscode.l10n.t('Repairing memories'), ({ signal, say }) =>
    store.repair({
      signal,
      onProgress: (done, all) =>
        say(vscode.l10n.t('{0} of {1} memories', number(done), number(all)), done / all),
    }),
  );
  const overLimit = isConnected && settings.cloudflarePlan === 'free' ? await pendingIn(store) : 0;
  if (overLimit > 0) void sayOverLimit(overLimit);
  void (left.problems.length === 0
    ? vscode.window.showInformationMessage(vscode.l10n.t('Everything is mended.'))
    : vscode.window.showWarningMessage(
        vscode.l10n.t('Not everything could be mended: {0}', left.problems.map(describeProblem).join('; ')),
      ));
  return left;
}

const pendingIn = async (store: MemoryStore): Promise<number> => (await store.stats()).embedding.pending;

/** No fault: what the plan has no room for is found by its words. */
async function sayOverLimit(waiting: number): Promise<void> {
  const openSetting = vscode.l10n.t('Open Setting');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      '{0} memories have no vector, because the free plan stores no more; they are found by their words. On a paid plan, say so in the settings and run Verify and Repair again.',
      number(waiting),
    ),
    openSetting,
  );
  if (answer === openSetting)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'edgeMemory.cloudflare.plan');
}

function describeProblem({ kind, count: n }: VerifyProblem): string {
  return `${number(n)} × ${describeKind(kind)}`;
}

function describeKind(kind: VerifyProblem['kind']): string {
  switch (kind) {
    case 'missing-vector':
      return vscode.l10n.t('a memory without its vector: found by its words only');
    case 'orphan-vector':
      return vscode.l10n.t('a vector without its memory');
    case 'wrong-tags-text':
      return vscode.l10n.t('tags written differently in two places');
    case 'orphan-tag':
      return vscode.l10n.t('a tag that no memory has');
    case 'missing-object':
      return vscode.l10n.t('a memory whose large content is missing');
    case 'orphan-object':
      return vscode.l10n.t('large content without its memory');
    case 'missing-full-text':
      return vscode.l10n.t('a memory that search by words does not find');
  }
}
