import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { codeStatesHere } from '../codeStates.ts';
import { findHash, noMemory } from '../hashes.ts';
import { inert } from '../inertText.ts';
import { memoryAndCodeJson } from '../memoryJson.ts';
import { memoryText } from '../memoryText.ts';
import { withStore } from '../openStore.ts';
import { answer } from '../output.ts';

export const addShowCommand = (program: Command, cli: Cli): void => {
  program
    .command('show')
    .description('Show all of one memory')
    .argument('<hash>', 'its hash, or the beginning of it')
    .option('--content', 'nothing but the content, exactly as it was stored')
    .action((typed: string, options: { readonly content?: boolean }) =>
      withStore(cli, async (store) => {
        const hash = await findHash(cli, store, typed);
        const [memory] = hash === undefined ? [] : await store.get([hash], { signal: cli.signal });
        if (memory === undefined) throw noMemory(typed);
        if (options.content && !cli.options().json)
          process.stdout.write(process.stdout.isTTY ? `${inert(memory.content)}\n` : memory.content);
        else {
          const states = await codeStatesHere([memory]);
          answer(cli, { memory: memoryAndCodeJson(memory, states) }, () =>
            memoryText(memory, states.get(memory.contentHash)),
          );
        }
      }),
    );
};
