import { Option, type Command } from 'commander';
import type { MemoryFilter } from '../memory/memory.ts';
import { someTags } from './options.ts';
import { timeRangeOf, type TimeOptions } from './times.ts';

export interface FilterOptions extends TimeOptions {
  readonly tags?: string[];
  readonly tagMatch?: 'any' | 'all';
  readonly type?: string;
  readonly project?: string;
  readonly pinned?: boolean;
}

/** The filters that search and list share. */
export const addFilterOptions = (command: Command): Command =>
  command
    .optionsGroup('Filters:')
    .option('--tags <a,b>', 'memories with these tags', someTags)
    .addOption(new Option('--tag-match <how>', 'with any of the tags, or all').choices(['any', 'all']))
    .option('--type <type>', 'memories of this type')
    .option('--project <name>', 'memories of this project')
    .option('--pinned', 'pinned memories')
    .option('--time <when>', 'created then: "last week", "since Monday", 2026-01-31')
    .option('--after <time>', 'created at this time or later')
    .option('--before <time>', 'created earlier than this time');

export const filterFrom = async (options: FilterOptions): Promise<MemoryFilter> => ({
  tags: options.tags,
  tagMatch: options.tagMatch,
  memoryType: options.type,
  project: options.project,
  pinned: options.pinned,
  time: await timeRangeOf(options),
});

export const isFiltered = (filter: MemoryFilter): boolean =>
  Object.values(filter).some((value) => value !== undefined);
