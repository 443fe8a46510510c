import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { embedAll } from '../embedding.ts';
import { withStore } from '../openStore.ts';
import { isFreePlan } from '../plan.ts';
import { answer, counted } from '../output.ts';

export const addEmbedCommand = (program: Command, cli: Cli): void => {
  program
    .command('embed')
    .description('Make all memories findable by meaning, without waiting for a window to do it')
    .action(() =>
      withStore(cli, async (_store, open) => {
        const { embedded, pending } = await embedAll(cli, open);
        answer(cli, { embedded, pending }, () =>
          pending === 0
            ? `${counted(embedded, 'memory', 'memories')} embedded; all can be found by meaning.`
            : `${counted(embedded, 'memory', 'memories')} embedded; ${pending.toLocaleString('en')} still wait${
                open.kind === 'cloudflare' && isFreePlan(cli)
                  ? ': the free plan has no room for their vectors (on a paid one, add --paid-plan)'
                  : ''
              }.`,
        );
      }),
    );
};
