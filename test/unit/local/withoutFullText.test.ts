import assert from 'node:assert/strict';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { bagOfWords } from '../support/bagOfWords.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';

describe('A process whose SQLite has no full text', () => {
  const folder = temporaryFolder();
  let opened: LocalStore[];
  let plain: LocalStore;

  const open = async (fullText: boolean, background = false): Promise<LocalStore> => {
    const store = await openLocalStore(
      { database: folder('memory.db'), weightsDirectory: '', background, fullText },
      bagOfWords(),
    );
    opened.push(store);
    return store;
  };
  const found = async (store: LocalStore, query: string): Promise<string[]> =>
    (await store.search({ query, mode: 'keyword' })).hits.map(({ memory }) => memory.content);

  beforeEach(async () => {
    opened = [];
    plain = await open(false);
  });
  afterEach(async () => {
    for (const store of opened) await store.close();
  });

  it('finds whole words by reading, and says so', async () => {
    await plain.store({ content: 'green apples' });
    const answer = await plain.search({ query: 'apples' });
    assert.equal(answer.hits.length, 1);
    assert.equal(answer.mode.keyword, 'plain-scan');
    assert.equal((await plain.describe()).fullText, false);
  });

  it('leaves its changes to the next process that has it', async () => {
    await plain.store({ content: 'green apples' });
    const { contentHash: pears } = await plain.store({ content: 'yellow pears' });
    const { contentHash: plums } = await plain.store({ content: 'blue plums' });
    await plain.purge(await plain.delete([plums]));
    await plain.update(pears, { content: 'yellow lemons' });
    const full = await open(true);
    assert.deepEqual(await found(full, 'apples'), ['green apples']);
    assert.deepEqual(await found(full, 'lemons'), ['yellow lemons']);
    assert.deepEqual(await found(full, 'plums'), []);
    assert.deepEqual((await full.verify()).problems, []);
    assert.equal((await full.search({ query: 'apples' })).mode.keyword, 'full-text');
  });

  it('is caught up with by a window that has it, while both are open', async () => {
    const window = await open(true, true);
    await plain.store({ content: 'green apples' });
    await until(async () => (await found(window, 'apples')).length === 1);
    await window.store({ content: 'blue plums' });
    assert.deepEqual(await found(plain, 'plums'), ['blue plums']);
    assert.deepEqual((await window.verify()).problems, []);
  });

  it('leaves the words of large content, too', async () => {
    await plain.store({
      content: `${'filler words '.repeat(1000)} needle ${'more filler '.repeat(100_000)}`,
    });
    assert.equal((await found(await open(true), 'needle')).length, 1);
  });
});
