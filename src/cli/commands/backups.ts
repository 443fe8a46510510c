import path from 'node:path';
import type { Command } from 'commander';
import type { Backup, LocalStore } from '../../local/localStore.ts';
import { dateTime } from '../dateTime.ts';
import type { Cli } from '../cli.ts';
import { EXIT } from '../exitCodes.ts';
import { inert } from '../inertText.ts';
import { withLocalStore } from '../openStore.ts';
import { answer, confirmed, counted, note } from '../output.ts';
import { bytesText } from './stats.ts';

const backupJson = ({ file, createdAt, bytes, memories }: Backup) => ({
  file,
  created_at: createdAt,
  bytes,
  memories,
});

const backupText = ({ file, createdAt, bytes, memories }: Backup): string =>
  `${dateTime(createdAt)}  ${counted(memories, 'memory', 'memories')}, ${bytesText(bytes)}  ${inert(file)}`;

export const addBackupCommands = (program: Command, cli: Cli): void => {
  program
    .command('backups')
    .description('List the backups, newest first')
    .action(() =>
      withLocalStore(cli, async (store) => {
        const backups = await store.backups({ signal: cli.signal });
        answer(cli, { backups: backups.map(backupJson) }, () =>
          backups.length === 0
            ? 'There is no backup yet; make one with: edge-memory backup'
            : backups.map(backupText).join('\n'),
        );
      }),
    );

  program
    .command('backup')
    .description('Back up all memories now')
    .action(() =>
      withLocalStore(cli, async (store) => {
        const backup = await store.backUp({ signal: cli.signal });
        answer(cli, { backup: backupJson(backup) }, () => backupText(backup));
      }),
    );

  program
    .command('restore-backup')
    .description('Replace all memories by those of a backup; what is there now is backed up first')
    .argument('<file>', 'a file, or the name of one that backups lists')
    .option('-y, --yes', 'do not ask')
    .action((file: string, options: { readonly yes?: boolean }) =>
      withLocalStore(cli, async (store) => {
        const backup = await backupFile(cli, store, file);
        const question = `Replace all memories by those of ${inert(backup)}?`;
        if (!options.yes && !(await confirmed(question, cli.signal))) {
          note('Nothing was restored.');
          process.exitCode = EXIT.nothingDone;
          return;
        }
        await store.restoreBackup(backup, { signal: cli.signal });
        answer(cli, { restored: backup }, () => `Restored ${inert(backup)}. Undo: see edge-memory backups`);
      }),
    );
};

const backupFile = async (cli: Cli, store: LocalStore, file: string): Promise<string> => {
  const listed = (await store.backups({ signal: cli.signal })).find(
    (backup) => path.basename(backup.file) === file,
  );
  return listed?.file ?? path.resolve(file);
};
