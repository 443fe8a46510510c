import { Option, type Command } from 'commander';
import type { Cli } from '../cli.ts';
import { codeStatesHere } from '../codeStates.ts';
import { addFilterOptions, filterFrom, isFiltered, type FilterOptions } from '../filterOptions.ts';
import { memoryAndCodeJson } from '../memoryJson.ts';
import { memoryLine } from '../memoryText.ts';
import { withStore } from '../openStore.ts';
import { limit } from '../options.ts';
import { answer, dim } from '../output.ts';

interface ListOptions extends FilterOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly order: 'newest' | 'oldest';
  readonly deleted?: boolean;
}

/** As much of a content as fits on one line of a wide terminal. */
const LINE_CONTENT = 1000;

export const addListCommand = (program: Command, cli: Cli): void => {
  const command = program
    .command('list')
    .description('List memories by their time')
    .option('--limit <n>', 'how many at most (1 to 1000)', limit, 50)
    .option('--cursor <cursor>', 'the next page: what the page before named')
    .addOption(
      new Option('--order <order>', 'by creation time').choices(['newest', 'oldest']).default('newest'),
    )
    .option('--deleted', 'those that are deleted and can be restored');
  addFilterOptions(command).action(async (options: ListOptions) => {
    const filter = await filterFrom(options);
    await withStore(cli, async (store) => {
      const page = await store.list(
        {
          filter: { ...filter, state: options.deleted ? 'deleted' : 'live' },
          order: options.order,
          limit: options.limit,
          after: options.cursor,
          contentLimit: cli.options().json ? undefined : LINE_CONTENT,
        },
        { signal: cli.signal },
      );
      const states = await codeStatesHere(page.items);
      const memories = page.items.map((memory) => memoryAndCodeJson(memory, states));
      answer(cli, { memories, next: page.next ?? null }, () => {
        if (page.items.length === 0)
          return isFiltered(filter) ? 'No memory matches these filters.' : 'There are no memories here.';
        const more = page.next === undefined ? [] : [dim(`There are more: --cursor ${page.next}`)];
        const lines = page.items.map((memory) => memoryLine(memory, states.get(memory.contentHash)));
        return [...lines, ...more].join('\n');
      });
    });
  });
};
