import assert from 'node:assert/strict';
import { windowsFor } from '../../../src/cli/relay/windowsFor.ts';

describe('the window that serves an agent', () => {
  const windows = (...folders: readonly (readonly string[])[]) =>
    folders.map((each, i) => ({ id: String(i), socket: 's', nonce: 'n', folders: each, startedAt: 0 }));
  const order = (folders: readonly string[], ...theirs: readonly (readonly string[])[]) =>
    windowsFor(folders, windows(...theirs)).map((window) => window.folders.join());

  it('is first one of exactly its folders, then one that shares some, then any', () => {
    assert.deepEqual(order(['/a'], ['/c'], ['/a', '/b'], [], ['/a']), ['/a', '/a,/b', '/c', '']);
    assert.deepEqual(order(['/a', '/b'], ['/b'], ['/b', '/a']), ['/b,/a', '/b']);
  });

  it('is first one without a folder where the agent has none', () => {
    assert.deepEqual(order([], ['/a'], []), ['', '/a']);
  });

  it('is the latest of those that are as good', () => {
    const [late, early] = windows(['/a', '/b'], ['/a', '/c']);
    assert.ok(late && early);
    assert.deepEqual(windowsFor(['/a'], [late, early]), [late, early]);
  });
});
