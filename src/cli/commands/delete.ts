import type { Command } from 'commander';
import type { Memory } from '../../memory/memory.ts';
import type { Cli } from '../cli.ts';
import { EXIT } from '../exitCodes.ts';
import { findHashes, noMemory } from '../hashes.ts';
import { headline, inert } from '../inertText.ts';
import { shortHash } from '../memoryText.ts';
import { withStore } from '../openStore.ts';
import { answer, confirmed, counted, note } from '../output.ts';

export const addDeleteCommand = (program: Command, cli: Cli): void => {
  program
    .command('delete')
    .description('Delete memories; restore brings them back')
    .argument('<hash...>', 'their hashes, or the beginnings of them')
    .option('-y, --yes', 'do not ask')
    .action((typed: string[], options: { readonly yes?: boolean }) =>
      withStore(cli, async (store) => {
        const { found, missing } = await findHashes(cli, store, typed);
        const memories = await store.get(found, { signal: cli.signal });
        const live = memories.filter(({ deletedAt }) => deletedAt === undefined);
        if (live.length > 0 && !options.yes && !(await confirmed(question(live), cli.signal))) {
          note('Nothing was deleted.');
          process.exitCode = EXIT.nothingDone;
          return;
        }
        const done = await store.delete(
          live.map(({ contentHash }) => contentHash),
          { signal: cli.signal },
        );
        const deleted = found.filter((hash) => done.includes(hash));
        if (deleted.length === 0 && missing[0] !== undefined) throw noMemory(missing.join(', '));
        const unchanged = found.filter((hash) => !done.includes(hash));
        reportChange(missing, unchanged, 'is deleted already');
        answer(
          cli,
          { deleted, already_deleted: unchanged, not_found: missing },
          () =>
            `${counted(deleted.length, 'memory', 'memories')} deleted.` +
            (deleted.length === 0 ? '' : ` Undo: edge-memory restore ${deleted.map(shortHash).join(' ')}`),
        );
      }),
    );
};

const question = (memories: readonly Memory[]): string =>
  [
    ...memories.map(({ contentHash, content }) => `${shortHash(contentHash)}  ${headline(content, 60)}`),
    `Delete ${counted(memories.length, 'memory', 'memories')}?`,
  ].join('\n');

/** Says of what was asked for and not done why; the exit code tells scripts. */
export const reportChange = (
  missing: readonly string[],
  unchanged: readonly string[],
  because: string,
): void => {
  for (const prefix of missing) note(inert(noMemory(prefix).message));
  for (const hash of unchanged) note(`Memory ${shortHash(hash)} ${because}.`);
  if (missing.length + unchanged.length > 0) process.exitCode = EXIT.nothingDone;
};
