import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { freePlanText } from '../../../src/cli/freePlan.ts';
import { linesIn } from '../../../src/cli/input.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('what the terminal says of the free plan before it stores many memories in Cloudflare', () => {
  it('names rows and vectors beside what is allowed; days and what has no place only where it matters', () => {
    assert.equal(
      freePlanText(1000, 768),
      'The free plan allows 100,000 written rows a day and holds 6,510 vectors: this writes about 23,000 rows and adds at least 1,000 vectors.',
    );
    assert.match(
      freePlanText(10_000, 768),
      /about 230,000 rows and adds at least 10,000 vectors\. That takes 3 days: .* running it again goes on\. What has no place for its vector is found by keyword only\.$/,
    );
    assert.match(freePlanText(10, 1024), /holds 4,882 vectors/);
  });

  it('says what one memory takes where their number is not known', () => {
    assert.match(
      freePlanText(undefined, 768),
      /: a memory writes about 23 rows, and adds at least one vector\.$/,
    );
  });

  describe('of a file', () => {
    const folder = temporaryFolder();
    const { signal } = new AbortController();

    it('counts the lines first; standard input, a folder and what is not there it can not count', async () => {
      writeFileSync(folder('a.jsonl'), '{"content":"a"}\n\n{"content":"b"}');
      assert.equal(await linesIn(folder('a.jsonl'), signal), 2);
      for (const file of ['-', folder(), folder('none.jsonl')])
        assert.equal(await linesIn(file, signal), undefined);
    });
  });
});
