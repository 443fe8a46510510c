import * as vscode from 'vscode';
import type { CloudStore } from '../../cloudflare/openCloudStore.ts';
import type { Connecting } from './openConnectedStore.ts';
import { number } from '../numbers.ts';

/** Makes texts that were there before Edge Memory searchable by their words. Ends, and later resumes, with `signal`. */
export async function fillInBackground(
  store: CloudStore,
  { log, signal }: Pick<Connecting, 'log' | 'signal'>,
): Promise<void> {
  try {
    const first = await store.fillFullText({ signal });
    if (first === 0) return;
    const title = vscode.l10n.t('Edge Memory: preparing older memories for search by words');
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title },
      async (progress) => {
        let left = first;
        while (left > 0) {
          progress.report({ message: vscode.l10n.t('{0} left', number(left)) });
          left = await store.fillFullText({ signal });
        }
      },
    );
    log.info('Older memories are searchable by words.');
  } catch (error) {
    if (!signal.aborted) log.warn('Older memories are not searchable by words yet.', String(error));
  }
}
