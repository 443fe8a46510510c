import type { Command } from 'commander';
import type { FacetKind } from '../../memory/memory.ts';
import type { Cli } from '../cli.ts';
import { oneLine } from '../inertText.ts';
import { withStore } from '../openStore.ts';
import { limit } from '../options.ts';
import { answer, dim } from '../output.ts';

interface FacetOptions {
  readonly limit: number;
  readonly prefix?: string;
  readonly cursor?: string;
}

const addFacetCommand = (program: Command, cli: Cli, kind: FacetKind, description: string): void => {
  program
    .command(kind)
    .description(description)
    .option('--limit <n>', 'how many at most (1 to 1000)', limit, 50)
    .option('--prefix <text>', 'only those that begin with it')
    .option('--cursor <cursor>', 'the next page: what the page before named')
    .action((options: FacetOptions) =>
      withStore(cli, async (store) => {
        const page = await store.facets(
          kind,
          { limit: options.limit, prefix: options.prefix, after: options.cursor },
          { signal: cli.signal },
        );
        answer(cli, { [kind]: page.items, next: page.next ?? null }, () => {
          if (page.items.length === 0) return `There are no ${kind} here.`;
          const counts = page.items.map(({ count }) => count.toLocaleString('en'));
          const width = Math.max(...counts.map((count) => count.length));
          const lines = page.items.map(
            ({ name }, i) => `${(counts[i] ?? '').padStart(width)}  ${oneLine(name)}`,
          );
          const more =
            page.next === undefined ? [] : [dim(`There are more: --cursor '${oneLine(page.next)}'`)];
          return [...lines, ...more].join('\n');
        });
      }),
    );
};

export const addFacetCommands = (program: Command, cli: Cli): void => {
  addFacetCommand(program, cli, 'tags', 'List the tags, most used first');
  addFacetCommand(program, cli, 'types', 'List the types of memories, most used first');
  addFacetCommand(program, cli, 'projects', 'List the projects, most memories first');
};
