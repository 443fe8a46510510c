import * as vscode from 'vscode';
import { FREE_PLAN, planNeed } from '../../cloudflare/planLimits.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import { type CopyPlan, copyPlanned, planCopy } from '../../memory/copying.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { number } from '../numbers.ts';
import { say } from '../say.ts';
import { withProgress } from '../progress.ts';

/** Asks whether the memories of this machine should be in the account too, and copies them. */
export async function offerCopy(services: CommandServices, target: CloudTarget): Promise<void> {
  const { store } = services;
  const to = await store.active();
  const plan = await withProgress(vscode.l10n.t('Looking at what is there already'), ({ signal }) =>
    planCopy(store.embedded, to, { signal }),
  );
  const movable = plan.missing.length;
  if (movable === 0) return;
  const copy = vscode.l10n.t('Copy');
  const answer = await vscode.window.showInformationMessage(
    movable === 1
      ? vscode.l10n.t('Copy 1 memory of this machine to {0}?', target.database.name)
      : vscode.l10n.t('Copy {0} memories of this machine to {1}?', number(movable), target.database.name),
    {
      modal: true,
      detail: [
        vscode.l10n.t('They stay here as well. Those marked “Keep on This Machine” are not copied.'),
        ...planText(movable, target),
      ].join(' '),
    },
    copy,
  );
  if (answer === copy) await copyMemories(services, target, plan);
}

/** What the free plan allows, which plan it is being unknown. */
function planText(movable: number, { dimensions }: CloudTarget): string[] {
  const { rows, days, vectorsHeld } = planNeed(movable, dimensions);
  return [
    vscode.l10n.t(
      'The free plan allows {0} written rows a day and holds {1} vectors: this writes about {2} rows and adds at least {3} vectors.',
      number(FREE_PLAN.rowsWrittenPerDay),
      number(vectorsHeld),
      number(rows),
      number(movable),
    ),
    ...(days > 1
      ? [
          vscode.l10n.t(
            'On the free plan this takes {0} days: it stops at the day’s limit, and Reconnect goes on.',
            days,
          ),
        ]
      : []),
    ...(movable > vectorsHeld
      ? [vscode.l10n.t('What has no place for its vector there is found by keyword only.')]
      : []),
  ];
}

export async function copyMemories(
  { store, connection }: CommandServices,
  target: CloudTarget,
  plan: CopyPlan,
): Promise<number> {
  const from = store.embedded;
  const to = await store.active();
  // Only ever upwards, and only while connected to what was asked about.
  if (to === from || connection.target?.database.id !== target.database.id) return 0;
  const copied = await withProgress(
    vscode.l10n.t('Copying memories to Cloudflare'),
    ({ signal, say: step }) =>
      copyPlanned(from, to, plan, {
        signal,
        onBatch: (done) => step(vscode.l10n.t('{0} of {1}', number(done), number(plan.missing.length))),
      }),
  );
  say(copied === 1 ? vscode.l10n.t('1 memory copied') : vscode.l10n.t('{0} memories copied', number(copied)));
  return copied;
}
