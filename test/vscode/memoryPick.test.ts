import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Memory, SearchAnswer, SearchQuery } from '../../src/memory/memory.ts';
import { pickMemory } from '../../src/vscode/search/memoryPick.ts';
import type { SearchItem } from '../../src/vscode/search/searchItems.ts';
import { emptyStore, eventually, run, services, servicesWith, stored } from './access.ts';
import { TypedPick } from './typedPick.ts';

describe('the search quick pick', () => {
  let pick: TypedPick<SearchItem>;
  const original = vscode.window.createQuickPick;

  beforeEach(async () => {
    await emptyStore();
    pick = new TypedPick();
    Object.assign(vscode.window, { createQuickPick: () => pick });
  });
  afterEach(() => {
    pick.hide();
    Object.assign(vscode.window, { createQuickPick: original });
  });

  const labels = (): string[] => pick.items.map(({ label }) => label);

  const answer = (memory: Memory): SearchAnswer => ({
    hits: [
      {
        memory,
        score: 0.875,
        match: 'both',
        snippet: { text: 'words around', marks: [], truncatedBefore: true, truncatedAfter: false },
      },
    ],
    mode: { keyword: 'full-text', meaning: 'some model' },
  });

  it('shows the newest memories before anything is typed', async () => {
    await stored({ content: 'older' });
    await stored({ content: 'newer', tags: ['fresh'] });
    void pickMemory(await services(), { title: 'Pick' });
    await eventually(() => assert.deepEqual(labels(), ['Recent', 'newer', 'older']));
    assert.match(pick.items[1]?.description ?? '', /· #fresh$/);
  });

  it('offers what is pinned where something is to be unpinned', async () => {
    await stored({ content: 'loose' });
    const { contentHash } = await stored({ content: 'held' });
    await run('pinMemory', contentHash);
    void run('unpinMemory');
    await eventually(() => assert.deepEqual(labels(), ['Recent', '$(pinned) held']));
  });

  it('offers what is deleted where something is to come back, whatever is open in the editor', async () => {
    const { contentHash } = await stored({ content: 'gone' });
    const { store } = await services();
    await store.delete([contentHash]);
    await run('showMemory', (await stored({ content: 'here' })).contentHash);
    for (const command of ['restoreMemory', 'deleteForGood']) {
      void run(command);
      await eventually(() => assert.deepEqual(labels(), ['Recent', 'gone']));
      pick.hide();
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('says that there is none to choose where none is meant', async () => {
    await stored({ content: 'loose' });
    void run('unpinMemory');
    await eventually(() => assert.deepEqual(labels(), ['$(info) There is none to choose']));
  });

  it('shows score, reason and the words around the match, and how it searched', async () => {
    const memory = await stored({ content: 'found' });
    void pickMemory(await servicesWith({ search: () => Promise.resolve(answer(memory)) }), { title: 'Pick' });
    pick.type('x');
    await eventually(() => assert.deepEqual(labels(), ['found']));
    assert.equal(pick.items[0]?.detail, '88 % · keyword and meaning · …words around');
    assert.equal(pick.title, 'Pick · keyword + some model');
  });

  it('waits for a pause in typing', async () => {
    const asked: string[] = [];
    const memory = await stored({ content: 'found' });
    const search = ({ query }: SearchQuery): Promise<SearchAnswer> => {
      asked.push(query);
      return Promise.resolve(answer(memory));
    };
    void pickMemory(await servicesWith({ search }), { title: 'Pick' });
    for (const text of ['d', 'do', 'doc', 'dock']) pick.type(text);
    await eventually(() => assert.deepEqual(labels(), ['found']));
    assert.deepEqual(asked, ['dock']);
  });

  it('drops an answer that comes after a newer one', async () => {
    const slow = await stored({ content: 'slow' });
    const fast = await stored({ content: 'fast' });
    const waiting: (() => void)[] = [];
    const search = ({ query }: SearchQuery): Promise<SearchAnswer> =>
      query === 'fast'
        ? Promise.resolve(answer(fast))
        : new Promise((resolve) => {
            waiting.push(() => resolve(answer(slow)));
          });
    void pickMemory(await servicesWith({ search }), { title: 'Pick' });
    pick.type('slow');
    await eventually(() => assert.equal(waiting.length, 1));
    pick.type('fast');
    await eventually(() => assert.deepEqual(labels(), ['fast']));
    for (const release of waiting) release();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(labels(), ['fast']);
  });

  it('shows an error as a row, never as an empty list', async () => {
    void pickMemory(await servicesWith({ search: () => Promise.reject(new Error('disk on fire')) }), {
      title: 'Pick',
    });
    pick.type('x');
    await eventually(() => assert.deepEqual(labels(), ['$(error) The search failed']));
    assert.match(pick.items[0]?.detail ?? '', /disk on fire/);
  });

  it('resolves with the memory chosen, and with nothing when it is left', async () => {
    const memory = await stored({ content: 'the one' });
    const chosen = pickMemory(await servicesWith({ search: () => Promise.resolve(answer(memory)) }), {
      title: 'Pick',
    });
    pick.type('one');
    pick.accept();
    assert.equal((await chosen)?.contentHash, memory.contentHash);
    const left = pickMemory(await services(), { title: 'Pick' });
    pick.hide();
    assert.equal(await left, undefined);
  });
});
