import * as vscode from 'vscode';
import type { CloudStore } from '../../cloudflare/cloudStore.ts';
import type { Connecting } from './openConnectedStore.ts';
import { number } from '../numbers.ts';

/**
 * Makes memories that were there before Edge Memory searchable by their words, and by meaning within a filter. Ends, and
 * later resumes, with `signal`.
 */
export async function fillInBackground(
  store: CloudStore,
  { log, signal }: Pick<Connecting, 'log' | 'signal'>,
): Promise<void> {
  try {
    const texts = await untilNoneIsLeft(
      vscode.l10n.t('Edge Memory: preparing older memories for search by words'),
      () => store.fillFullText({ signal }),
    );
    if (texts) log.info('Older memories are searchable by words.');
    const vectors = await untilNoneIsLeft(
      vscode.l10n.t('Edge Memory: preparing older memories for search by meaning with filters'),
      () => store.copyVectors({ signal }),
    );
    if (vectors) log.info('Older memories are searchable by meaning with filters.');
  } catch (error) {
    if (!signal.aborted) log.warn('Not all older memories are prepared for searching yet.', String(error));
  }
}

/** Shows how far it is where one step is not enough; answers whether it took several. */
async function untilNoneIsLeft(title: string, step: () => Promise<number>): Promise<boolean> {
  let left = await step();
  if (left === 0) return false;
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async (progress) => {
    while (left > 0) {
      progress.report({ message: vscode.l10n.t('{0} left', number(left)) });
      left = await step();
    }
  });
  return true;
}
