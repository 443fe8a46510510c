import { Option, type Command } from 'commander';
import type { EffectiveMode, MemoryFilter, SearchAnswer, SearchMode } from '../../memory/memory.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';
import type { Cli } from '../cli.ts';
import { codeStatesHere, type CodeStates } from '../codeStates.ts';
import { embedBeforeSearch } from '../embedding.ts';
import { addFilterOptions, filterFrom, isFiltered, type FilterOptions } from '../filterOptions.ts';
import { headline } from '../inertText.ts';
import { readStandardInput } from '../input.ts';
import { debug } from '../log.ts';
import { searchJson } from '../memoryJson.ts';
import { hitText, modeText } from '../memoryText.ts';
import { withStore } from '../openStore.ts';
import { limit } from '../options.ts';
import { answer, counted, dim } from '../output.ts';

interface SearchOptions extends FilterOptions {
  readonly limit: number;
  readonly mode: SearchMode;
}

const HELP = `
The modes: hybrid (words and meaning), keyword (words), meaning (what it is about), exact (this very text).

Examples:
  edge-memory search how do we deploy
  edge-memory search "database locked" --tags sqlite --time "last month"
  edge-memory search -- --force`;

export const addSearchCommand = (program: Command, cli: Cli): void => {
  const command = program
    .command('search')
    .description('Find memories by words and by meaning')
    .argument('<query...>', 'what to look for; "-" reads it from standard input')
    .option('--limit <n>', 'how many at most (1 to 1000)', limit, 10)
    .addOption(
      new Option('--mode <mode>', 'how to search')
        .choices(['hybrid', 'keyword', 'meaning', 'exact'])
        .default('hybrid'),
    );
  addFilterOptions(command)
    .addHelpText('after', HELP)
    .action(async (words: string[], options: SearchOptions) => {
      const typed = words.join(' ');
      const query = typed === '-' ? await readStandardInput(cli.signal) : typed;
      const filter = await filterFrom(options);
      await withStore(cli, async (store, open) => {
        const byMeaning = options.mode === 'hybrid' || options.mode === 'meaning';
        const waiting = byMeaning ? await embedBeforeSearch(cli, open) : 0;
        const found = await store.search(
          { query, mode: options.mode, limit: options.limit, filter },
          { signal: cli.signal },
        );
        debug(cli, 'searched');
        const states = await codeStatesHere(found.hits.map(({ memory }) => memory));
        const hint = found.hits.length === 0 ? await hintOf(cli, store, filter) : '';
        answer(cli, searchJson(found, states), () =>
          hint === '' ? textOf(found, states, waiting) : noneText(query, found.mode, hint),
        );
      });
    });
};

const textOf = ({ hits, mode }: SearchAnswer, states: CodeStates, waiting: number): string => {
  const summary = `${counted(hits.length, 'memory', 'memories')}, ${modeText(mode)}`;
  const later = `; ${counted(waiting, 'memory', 'memories')} by keyword only until: edge-memory embed`;
  const lines = hits.map((hit) => hitText(hit, states.get(hit.memory.contentHash)));
  return [...lines, dim(waiting > 0 ? summary + later : summary)].join('\n');
};

const noneText = (query: string, mode: EffectiveMode, hint: string): string =>
  [
    `No memory matches “${headline(query, 60)}”.`,
    ...(mode.reducedBecause === undefined ? [] : [`Searched by ${modeText(mode)}.`]),
    hint,
  ].join('\n');

const hintOf = async (cli: Cli, store: MemoryStore, filter: MemoryFilter): Promise<string> => {
  if ((await store.count({}, { signal: cli.signal })) === 0)
    return 'There are no memories yet; store the first with: edge-memory store "some text"';
  return isFiltered(filter)
    ? 'Try it without the filters, or with fewer words.'
    : 'Try fewer or other words.';
};
