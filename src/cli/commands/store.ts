import type { Command } from 'commander';
import { MemoryError } from '../../memory/errors.ts';
import type { JsonObject, NewMemory, StoreOutcome } from '../../memory/memory.ts';
import type { BulkResult } from '../bulkStore.ts';
import type { Cli } from '../cli.ts';
import { embedStored } from '../embedding.ts';
import { EXIT } from '../exitCodes.ts';
import { inert } from '../inertText.ts';
import { linesOf, readStandardInput } from '../input.ts';
import { shortHash } from '../memoryText.ts';
import { withStore } from '../openStore.ts';
import { commaSeparated, jsonObject } from '../options.ts';
import { answer, counted, note, progress } from '../output.ts';
import { isFreePlan } from '../plan.ts';
import { momentOf } from '../times.ts';

interface StoreOptions {
  readonly tags?: string[];
  readonly type?: string;
  readonly metadata?: JsonObject;
  readonly project?: string;
  readonly created?: string;
  readonly pin?: boolean;
  readonly localOnly?: boolean;
  readonly jsonl?: string;
}

const HELP = `
Content comes from standard input where the text is absent or "-"; one line break at its end is left out.
Storing a known content again makes no duplicate: tags and metadata are united.
Each line of a JSONL file is an object: content, and as wanted tags (list or "a,b"), memory_type, metadata,
created_at (seconds since the epoch or ISO 8601) and project. Options apply to lines that do not say otherwise.

Examples:
  edge-memory store "Deploy with make ship" --tags deploy,howto
  git log -1 --format=%B | edge-memory store --type decision
  edge-memory store --jsonl memories.jsonl`;

export const addStoreCommand = (program: Command, cli: Cli): void => {
  program
    .command('store')
    .description('Store a memory, or many from a JSONL file')
    .argument('[text]', 'the content')
    .option('--tags <a,b>', 'tags, comma-separated', commaSeparated)
    .option('--type <type>', 'kind of memory, such as note, decision, learning, error')
    .option('--metadata <json>', 'a JSON object of your own', jsonObject)
    .option('--project <name>', 'the project that it belongs to')
    .option('--created <time>', 'when it came to be, if not now: ISO 8601, "yesterday"')
    .option('--pin', 'keep it at hand')
    .option('--local-only', 'never let it leave this machine')
    .option('--jsonl <file>', 'store each line of a file, or of standard input for "-"')
    .addHelpText('after', HELP)
    .action(async (text: string | undefined, options: StoreOptions) => {
      const shared: Omit<NewMemory, 'content'> = {
        tags: options.tags,
        memoryType: options.type,
        metadata: options.metadata,
        project: options.project,
        createdAt: options.created === undefined ? undefined : await momentOf(options.created),
        pinned: options.pin,
        localOnly: options.localOnly,
        source: { client: 'cli' },
      };
      if (options.jsonl === undefined) await storeOne(cli, text, shared);
      else if (text === undefined) await storeFile(cli, options.jsonl, shared);
      else
        throw new MemoryError(
          'invalid-input',
          'Both a text and --jsonl were given.',
          'Store them one after the other.',
        );
    });
};

const SAID: Readonly<Record<StoreOutcome, string>> = {
  stored: 'Stored',
  merged: 'Known already; tags and metadata united in',
  revived: 'Had been deleted; lives again as',
};

const storeOne = async (
  cli: Cli,
  text: string | undefined,
  shared: Omit<NewMemory, 'content'>,
): Promise<void> => {
  const content = text === undefined || text === '-' ? await readStandardInput(cli.signal) : text;
  await withStore(cli, async (store, open) => {
    const { contentHash, outcome } = await store.store({ ...shared, content }, { signal: cli.signal });
    answer(cli, { content_hash: contentHash, outcome }, () => `${SAID[outcome]} ${shortHash(contentHash)}`);
    await embedStored(cli, open, 1, content.length);
  });
};

const storeFile = (cli: Cli, file: string, shared: Omit<NewMemory, 'content'>): Promise<void> =>
  withStore(cli, async (store, open) => {
    const { storeLines } = await import('../bulkStore.ts');
    if (open.kind === 'cloudflare' && isFreePlan(cli)) {
      const { sayFreePlan } = await import('../freePlan.ts');
      await sayFreePlan(file, open.dimensions, cli.signal);
    }
    const result: BulkResult = { stored: 0, merged: 0, revived: 0, failed: [], bytes: 0 };
    const total = () => result.stored + result.merged + result.revived;
    try {
      await storeLines(store, linesOf(file, cli.signal), shared, result, {
        signal: cli.signal,
        onBatch: () => progress(`${counted(total(), 'memory', 'memories')} …`),
      });
    } catch (error) {
      progress('');
      note(
        `${counted(total(), 'memory', 'memories')} stored before it stopped. Running it again does no harm.`,
      );
      throw error;
    }
    progress('');
    report(cli, file, result);
    await embedStored(cli, open, total(), result.bytes);
  });

const report = (cli: Cli, file: string, { stored, merged, revived, failed }: BulkResult): void => {
  if (failed.length > 0) process.exitCode = EXIT.wrongInput;
  if (!cli.options().json) for (const { line, error } of failed) note(`${file}:${line}: ${inert(error)}`);
  answer(
    cli,
    { stored, merged, revived, failed },
    () =>
      `${counted(stored, 'memory', 'memories')} stored, ${merged.toLocaleString('en')} known already, ` +
      `${revived.toLocaleString('en')} revived, ${counted(failed.length, 'line')} refused`,
  );
};
