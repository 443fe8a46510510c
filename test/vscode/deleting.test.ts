import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { RowActions } from '../../src/vscode/searchView/rowActions.ts';
import { answerMessages, emptyStore, eventually, memoryOf, run, services, stored } from './access.ts';

const isDeleted = async (hash: string): Promise<boolean> => (await memoryOf(hash)).deletedAt !== undefined;

describe('deleting', () => {
  beforeEach(emptyStore);

  it('asks first, and does nothing without a yes', async () => {
    const { contentHash } = await stored({ content: 'still needed' });
    const question = answerMessages('showWarningMessage');
    try {
      assert.deepEqual(await run('deleteMemory', contentHash), []);
      assert.deepEqual(question.texts, ['Delete the memory “still needed”?']);
      assert.equal(await isDeleted(contentHash), false);
    } finally {
      question.restore();
    }
  });

  it('can be undone from its notification', async () => {
    const one = await stored({ content: 'one' });
    const two = await stored({ content: 'two' });
    const hashes = [one.contentHash, two.contentHash];
    const question = answerMessages('showWarningMessage', 'Delete');
    const notification = answerMessages('showInformationMessage', 'Undo');
    try {
      assert.deepEqual([...(await run<string[]>('deleteMemory', hashes))].sort(), hashes.sort());
      assert.deepEqual(notification.texts, ['Deleted 2 memories.']);
      await eventually(async () => {
        for (const hash of hashes) assert.equal(await isDeleted(hash), false);
      });
    } finally {
      question.restore();
      notification.restore();
    }
  });

  it('takes all rows that are selected in the tree', async () => {
    const rows = await Promise.all(
      ['one', 'two', 'three'].map(async (content) => ({ kind: 'memory', memory: await stored({ content }) })),
    );
    const question = answerMessages('showWarningMessage');
    try {
      await run('deleteMemory', rows[0], rows);
      await run('deleteMemory', rows[0]);
      assert.deepEqual(question.texts, ['Delete 3 memories?', 'Delete the memory “one”?']);
    } finally {
      question.restore();
    }
  });

  it('is undone in the search list for what was deleted last, by whatever way', async () => {
    const one = await stored({ content: 'by the key' });
    const two = await stored({ content: 'by the menu' });
    const rows = new RowActions(await services(), vscode.ViewColumn.Active);
    const question = answerMessages('showWarningMessage', 'Delete');
    const notification = answerMessages('showInformationMessage');
    try {
      await rows.act('delete', [one.contentHash]);
      // The context menu of a webview runs the command itself.
      await run('deleteMemory', two.contentHash);
      await rows.act('undoDelete', []);
      assert.deepEqual([await isDeleted(one.contentHash), await isDeleted(two.contentHash)], [true, false]);
      // Once.
      await rows.act('undoDelete', []);
      assert.equal(await isDeleted(one.contentHash), true);
    } finally {
      question.restore();
      notification.restore();
    }
  });

  it('can be undone later', async () => {
    const { contentHash } = await stored({ content: 'gone and back' });
    const question = answerMessages('showWarningMessage', 'Delete');
    const notification = answerMessages('showInformationMessage');
    try {
      await run('deleteMemory', contentHash);
      assert.equal(await isDeleted(contentHash), true);
      assert.deepEqual(await run('restoreMemory', contentHash), [contentHash]);
      assert.equal(await isDeleted(contentHash), false);
    } finally {
      question.restore();
      notification.restore();
    }
  });
});
