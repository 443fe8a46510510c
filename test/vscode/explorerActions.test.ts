import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { dropMemories } from '../../src/vscode/explorer/drop.ts';
import { dayNode, section, tagNode, type TreeNode } from '../../src/vscode/explorer/nodes.ts';
import { answerMessages, emptyStore, eventually, memoryOf, run, services, stored } from './access.ts';

const tag = (name: string): TreeNode => tagNode({ name, count: 1, atMost: false, own: 1, below: 0 });
const facet = (facet: 'types' | 'projects', name: string): TreeNode => ({
  kind: 'facet',
  id: `${facet}/${name}`,
  facet,
  name,
  count: 1,
  localOnly: false,
  hasLeft: false,
  parent: section(facet),
});

describe('memories dropped onto the tree', () => {
  let undo: ReturnType<typeof answerMessages>;

  beforeEach(async () => {
    await emptyStore();
    undo = answerMessages('showInformationMessage');
  });
  afterEach(() => undo.restore());

  const drop = async (target: TreeNode | undefined, ...hashes: readonly string[]): Promise<void> =>
    dropMemories(await services(), hashes, target);

  it('get the tag that they are dropped on, those that have it already stay as they are', async () => {
    const one = await stored({ content: 'one', tags: ['a'] });
    const two = await stored({ content: 'two', tags: ['a:b'] });
    await drop(tag('a:b'), one.contentHash, two.contentHash);
    assert.ok((await memoryOf(one.contentHash)).tags.includes('a:b'));
    assert.deepEqual(undo.texts, ['Added #a:b to 1 memory.']);
    assert.deepEqual(await memoryOf(two.contentHash), two);
  });

  it('can be given back what they had', async () => {
    const { contentHash, tags } = await stored({ content: 'one', tags: ['a'], project: 'here' });
    undo.restore();
    undo = answerMessages('showInformationMessage', 'Undo');
    await drop(facet('projects', 'there'), contentHash);
    assert.deepEqual(undo.texts, ['Moved 1 memory to the project there.']);
    await eventually(async () =>
      assert.deepEqual([...(await memoryOf(contentHash)).tags].sort(), [...tags].sort()),
    );
  });

  it('move to a project, take on a type, and are pinned', async () => {
    const { contentHash } = await stored({
      content: 'one',
      tags: ['a'],
      project: 'here',
      memoryType: 'note',
    });
    await drop(facet('projects', 'there'), contentHash);
    await drop(facet('types', 'decision'), contentHash);
    await drop(section('pinned'), contentHash);
    const { tags, memoryType, pinned } = await memoryOf(contentHash);
    assert.deepEqual([tags, memoryType, pinned], [['a', 'proj:there'], 'decision', true]);
  });

  it('are deleted on Deleted after a question, and restored on a day', async () => {
    const { contentHash } = await stored({ content: 'one' });
    const question = answerMessages('showWarningMessage', 'Delete');
    try {
      await drop(section('deleted'), contentHash);
      assert.deepEqual(question.texts, ['Delete the memory “one”?']);
    } finally {
      question.restore();
    }
    assert.ok((await memoryOf(contentHash)).deletedAt !== undefined);
    await drop(dayNode({ from: 0, to: 86_400, count: 1 }), contentHash);
    assert.equal((await memoryOf(contentHash)).deletedAt, undefined);
  });

  it('stay as they are where nothing is meant', async () => {
    const memory = await stored({ content: 'one' });
    await drop(undefined, memory.contentHash);
    await drop(section('tags'), memory.contentHash);
    assert.deepEqual(await memoryOf(memory.contentHash), memory);
  });
});

describe('tags, in every memory at once', () => {
  beforeEach(emptyStore);

  const tagsOf = async (hash: string): Promise<string[]> =>
    [...(await memoryOf(hash)).tags].filter((name) => !name.startsWith('proj:')).sort();
  const withAnswers = async <T>(
    yes: string,
    undo: string | undefined,
    act: () => PromiseLike<T>,
  ): Promise<T> => {
    const question = answerMessages('showWarningMessage', yes);
    const done = answerMessages('showInformationMessage', undo);
    try {
      return await act();
    } finally {
      question.restore();
      done.restore();
    }
  };

  it('are renamed with those below them after a look at what changes, and back', async () => {
    const { contentHash } = await stored({ content: 'one', tags: ['area:api', 'x'] });
    const changed = await withAnswers('Rename', undefined, () =>
      run<number>('renameTag', 'area', { to: 'part' }),
    );
    assert.equal(changed, 1);
    assert.deepEqual(await tagsOf(contentHash), ['part:api', 'x']);
    await withAnswers('Rename', 'Undo', () => run('renameTag', 'part', { to: 'zone' }));
    await eventually(async () => assert.deepEqual(await tagsOf(contentHash), ['part:api', 'x']));
  });

  it('are merged, and removed', async () => {
    const one = await stored({ content: 'one', tags: ['a', 'b', 'c'] });
    const two = await stored({ content: 'two', tags: ['b'] });
    const rows = ['a', 'b'].map(tag);
    await withAnswers('Merge', undefined, () => run('mergeTags', rows[0], { to: 'a' }));
    await withAnswers('Merge', undefined, () => run('mergeTags', ['a', 'b'], { to: 'a' }));
    assert.deepEqual(await tagsOf(one.contentHash), ['a', 'c']);
    assert.deepEqual(await tagsOf(two.contentHash), ['a']);
    await withAnswers('Remove', undefined, () => run('removeTags', tag('a'), [tag('a'), tag('c')]));
    assert.deepEqual(await tagsOf(one.contentHash), []);
  });

  it('are parted again when a merge is undone', async () => {
    const one = await stored({ content: 'one', tags: ['a', 'b'] });
    const two = await stored({ content: 'two', tags: ['b'] });
    await withAnswers('Merge', 'Undo', () => run('mergeTags', ['a', 'b'], { to: 'a' }));
    await eventually(async () => {
      assert.deepEqual(await tagsOf(one.contentHash), ['a', 'b']);
      assert.deepEqual(await tagsOf(two.contentHash), ['b']);
    });
  });

  it('stay without a yes', async () => {
    const { contentHash } = await stored({ content: 'one', tags: ['a'] });
    const question = answerMessages('showWarningMessage');
    try {
      assert.equal(await run('renameTag', 'a', { to: 'b' }), 0);
      assert.deepEqual(question.texts, ['Change the tags of 1 memory?']);
    } finally {
      question.restore();
    }
    assert.deepEqual(await tagsOf(contentHash), ['a']);
  });
});

describe('deleted memories', () => {
  beforeEach(emptyStore);

  it('are deleted for good one by one, or all at once, after a question that says how many', async () => {
    const { store } = await services();
    const hashes = (await store.storeMany(['1', '2', '3'].map((content) => ({ content })))).map(
      ({ contentHash }) => contentHash,
    );
    await store.delete(hashes);
    const question = answerMessages('showWarningMessage', 'Delete for Good');
    const { setStatusBarMessage } = vscode.window;
    try {
      assert.deepEqual(await run('deleteForGood', hashes[0]), [hashes[0]]);
      // The key that deletes a memory deletes a deleted one for good.
      assert.deepEqual(await run('deleteMemory', hashes[1]), [hashes[1]]);
      await store.storeMany([{ content: 'kept' }]);
      const said: string[] = [];
      Object.assign(vscode.window, { setStatusBarMessage: (text: string) => said.push(text) });
      assert.equal(await run('emptyDeleted'), 1);
      assert.deepEqual(said, ['$(check) Memory deleted for good']);
      assert.deepEqual(question.texts, [
        'Delete the memory “1” for good?',
        'Delete the memory “2” for good?',
        'Delete 1 deleted memory for good?',
      ]);
    } finally {
      question.restore();
      Object.assign(vscode.window, { setStatusBarMessage });
    }
    assert.equal(await store.count({ state: 'deleted' }), 0);
    assert.equal(await store.count({}), 1);
  });

  it('are not only what somebody deleted: earlier versions are named, and can be kept', async () => {
    const { store } = await services();
    const edited = await stored({ content: 'first text' });
    const deleted = await stored({ content: 'unwanted' });
    const deletedLater = await stored({ content: 'unwanted in the end' });
    await store.update(edited.contentHash, { content: 'second text' });
    const { contentHash } = await store.update(deletedLater.contentHash, { content: 'unwanted, too' });
    await store.delete([deleted.contentHash, contentHash]);
    const left = async (): Promise<string[]> =>
      (await store.list({ filter: { state: 'deleted' } })).items.map(({ content }) => content).sort();
    for (const [answer, gone, rest] of [
      ['Keep Earlier Versions', 2, ['first text', 'unwanted in the end']],
      ['Delete for Good', 2, []],
    ] as const) {
      const question = answerMessages('showWarningMessage', answer);
      try {
        assert.equal(await run('emptyDeleted'), gone);
        assert.deepEqual(question.details, [
          `Earlier versions of edited memories among them: ${answer === 'Delete for Good' ? 1 : 2}. This can not be undone.`,
        ]);
      } finally {
        question.restore();
      }
      assert.deepEqual(await left(), rest);
    }
  });

  it('stay without a yes', async () => {
    const { store } = await services();
    const { contentHash } = await stored({ content: 'one' });
    await store.delete([contentHash]);
    const question = answerMessages('showWarningMessage');
    try {
      assert.equal(await run('emptyDeleted'), 0);
    } finally {
      question.restore();
    }
    assert.equal(await store.count({ state: 'deleted' }), 1);
  });
});

describe('files dropped or dragged', () => {
  it('leave the tree as addresses of the memories’ documents', async () => {
    const { DragAndDrop } = await import('../../src/vscode/explorer/dragAndDrop.ts');
    const memory = await stored({ content: 'one' });
    const data = new vscode.DataTransfer();
    const node: TreeNode = { kind: 'memory', id: 'x', memory, parent: section('pinned') };
    await new DragAndDrop(await services()).handleDrag([node, section('tags')], data);
    const uris = await data.get('text/uri-list')?.asString();
    assert.match(uris ?? '', new RegExp(`^edge-memory:/edge-memory/${memory.contentHash}/`));
  });
});
