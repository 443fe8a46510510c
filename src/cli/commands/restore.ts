import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { findHashes, noMemory } from '../hashes.ts';
import { withStore } from '../openStore.ts';
import { answer, counted } from '../output.ts';
import { reportChange } from './delete.ts';

export const addRestoreCommand = (program: Command, cli: Cli): void => {
  program
    .command('restore')
    .description('Bring deleted memories back')
    .argument('<hash...>', 'their hashes, or the beginnings of them (see list --deleted)')
    .action((typed: string[]) =>
      withStore(cli, async (store) => {
        const { found, missing } = await findHashes(cli, store, typed);
        const done = await store.restore(found, { signal: cli.signal });
        const restored = found.filter((hash) => done.includes(hash));
        if (restored.length === 0 && missing[0] !== undefined) throw noMemory(missing.join(', '));
        const unchanged = found.filter((hash) => !done.includes(hash));
        reportChange(missing, unchanged, 'is not deleted');
        answer(
          cli,
          { restored, not_deleted: unchanged, not_found: missing },
          () => `${counted(restored.length, 'memory', 'memories')} restored.`,
        );
      }),
    );
};
