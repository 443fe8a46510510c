import type { Command } from 'commander';
import { MemoryError } from '../../memory/errors.ts';
import type { JsonObject, MemoryPatch } from '../../memory/memory.ts';
import type { Cli } from '../cli.ts';
import { embedStored } from '../embedding.ts';
import { findHash, noMemory } from '../hashes.ts';
import { readStandardInput } from '../input.ts';
import { memoryJson } from '../memoryJson.ts';
import { memoryLine } from '../memoryText.ts';
import { withStore } from '../openStore.ts';
import { commaSeparated, jsonObject } from '../options.ts';
import { answer } from '../output.ts';

interface UpdateOptions {
  readonly content?: string;
  readonly tags?: string[];
  readonly addTags?: string[];
  readonly removeTags?: string[];
  /** False: --no-type. */
  readonly type?: string | false;
  readonly metadata?: JsonObject;
  readonly project?: string | false;
  readonly pin?: boolean;
  readonly localOnly?: boolean;
}

export const addUpdateCommand = (program: Command, cli: Cli): void => {
  program
    .command('update')
    .description('Change a memory')
    .argument('<hash>', 'its hash, or the beginning of it')
    .option(
      '--content <text>',
      'new content, "-" for standard input; replaces the memory and keeps its history',
    )
    .option('--tags <a,b>', 'the whole new list of tags', commaSeparated)
    .option('--add-tags <a,b>', 'tags to add', commaSeparated)
    .option('--remove-tags <a,b>', 'tags to remove', commaSeparated)
    .option('--type <type>', 'kind of memory')
    .option('--no-type', 'without a type')
    .option('--metadata <json>', 'merged into the metadata; null removes a key', jsonObject)
    .option('--project <name>', 'move it to this project')
    .option('--no-project', 'take it out of its project')
    .option('--pin', 'keep it at hand')
    .option('--no-pin', 'no longer keep it at hand')
    .option('--local-only', 'never let it leave this machine')
    .option('--no-local-only', 'let it leave this machine')
    .action(async (typed: string, options: UpdateOptions) => {
      if (Object.keys(options).length === 0)
        throw new MemoryError('invalid-input', 'No change was given.', 'See edge-memory update --help.');
      const patch = await patchFrom(cli, options);
      await withStore(cli, async (store, open) => {
        const hash = await findHash(cli, store, typed);
        if (hash === undefined) throw noMemory(typed);
        const memory = await store.update(hash, patch, { signal: cli.signal });
        answer(cli, { memory: memoryJson(memory) }, () => memoryLine(memory));
        if (patch.content !== undefined) await embedStored(cli, open, 1, patch.content.length);
      });
    });
};

const orNull = (value: string | false | undefined): string | null | undefined =>
  value === false ? null : value;

const patchFrom = async (cli: Cli, options: UpdateOptions): Promise<MemoryPatch> => ({
  content: options.content === '-' ? await readStandardInput(cli.signal) : options.content,
  tags: options.tags,
  addTags: options.addTags,
  removeTags: options.removeTags,
  memoryType: orNull(options.type),
  metadata: options.metadata,
  project: orNull(options.project),
  pinned: options.pin,
  localOnly: options.localOnly,
});
