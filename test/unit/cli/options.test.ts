import assert from 'node:assert/strict';
import { Command } from 'commander';
import { addFilterOptions, type FilterOptions } from '../../../src/cli/filterOptions.ts';
import { commaSeparated } from '../../../src/cli/options.ts';

describe('tags at the terminal', () => {
  const filterTags = (...args: readonly string[]): string[] | undefined => {
    const command = addFilterOptions(new Command())
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    return command.parse(args, { from: 'user' }).opts<FilterOptions>().tags;
  };

  it('are separated by commas, and may be given several times', () => {
    assert.deepEqual(filterTags('--tags', 'a, b,', '--tags', 'c'), ['a', 'b', 'c']);
    assert.equal(filterTags(), undefined);
  });

  it('to filter by are not empty: that would let everything through', () => {
    for (const empty of ['', ' ', ',']) assert.throws(() => filterTags('--tags', empty), /at least one tag/);
  });

  it('of a memory may be none', () => {
    assert.deepEqual(commaSeparated(''), []);
  });
});
