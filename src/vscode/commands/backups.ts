import * as vscode from 'vscode';
import type { Backup } from '../../local/localStore.ts';
import { age } from '../age.ts';
import type { CommandServices } from './registerCommands.ts';
import { homePath } from '../homePath.ts';
import { number } from '../numbers.ts';

export async function backUpNow({ store, connection }: CommandServices): Promise<Backup> {
  const backup = await withNotice(vscode.l10n.t('Backing up memories'), () => store.backUp());
  const file = homePath(backup.file);
  void vscode.window.showInformationMessage(
    connection.target === undefined
      ? vscode.l10n.t('Backed up {0} memories to {1}.', number(backup.memories), file)
      : vscode.l10n.t(
          'Backed up the {0} memories of this machine to {1}. Of those in Cloudflare D1 keeps a history by itself (Time Travel).',
          number(backup.memories),
          file,
        ),
  );
  return backup;
}

/** Replaces everything by a backup that a person picks and confirms; a call with a file's path asks nothing. */
export async function restoreBackup({ store, connection }: CommandServices, file?: unknown): Promise<void> {
  const isConnected = connection.target !== undefined;
  const chosen = typeof file === 'string' ? file : await chooseBackup(await store.backups(), isConnected);
  if (chosen === undefined) return;
  await withNotice(vscode.l10n.t('Restoring memories'), () => store.restoreBackup(chosen));
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The backup is restored. What was there before is a backup itself now.'),
  );
}

async function chooseBackup(backups: readonly Backup[], isConnected: boolean): Promise<string | undefined> {
  if (backups.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no backup yet. One is made every day; “Back Up Now” makes one at once.'),
    );
    return undefined;
  }
  const item = await vscode.window.showQuickPick(
    backups.map((backup) => ({
      backup,
      label: new Date(backup.createdAt * 1000).toLocaleString(vscode.env.language),
      description: age(backup.createdAt),
      detail: vscode.l10n.t('{0} memories, {1} MB', number(backup.memories), (backup.bytes / 1e6).toFixed(1)),
    })),
    {
      title: vscode.l10n.t('Restore from Backup'),
      placeHolder: vscode.l10n.t('Which state should come back?'),
    },
  );
  if (!item) return undefined;
  const restore = vscode.l10n.t('Restore');
  const answer = await vscode.window.showWarningMessage(
    isConnected
      ? vscode.l10n.t('Replace the memories of this machine by those of {0}?', item.label)
      : vscode.l10n.t('Replace all memories by those of {0}?', item.label),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Memories stored since then disappear. They are backed up first, so you can come back.',
      ),
    },
    restore,
  );
  return answer === restore ? item.backup.file : undefined;
}

const withNotice = <T>(title: string, run: () => Promise<T>): Thenable<T> =>
  vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, run);
