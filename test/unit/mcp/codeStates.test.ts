import assert from 'node:assert/strict';
import { linesHashOf } from '../../../src/memory/codeDrift.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import { useStore } from '../support/testStore.ts';
import { useMcpClient } from './mcpClient.ts';

describe('memories made from code, as agents find them', () => {
  const memories = useStore();
  const connect = useMcpClient();
  const lines = ['restart() {', '  stop();', '}'];
  const source = { path: 'queue.js', lines: [1, 3] as const, linesHash: linesHashOf(lines) };
  /** A workspace of one file. */
  const files = (text: string | undefined) => ({
    read: (path: string) =>
      text === undefined || path !== 'queue.js'
        ? Promise.reject(new MemoryError('invalid-input', 'There is none.', 'Name another.'))
        : Promise.resolve({ path, text }),
    find: () => Promise.resolve({ paths: [], more: false }),
  });
  const search = async (text: string | undefined, query?: string) => {
    const { call } = await connect(memories.store, { project: 'shop', files: files(text) });
    return call('memory_search', query === undefined ? { tags: ['code'] } : { query });
  };
  const marks = (found: readonly Record<string, unknown>[]) =>
    found.map((memory) => [memory['content'], memory['code_changed']]);

  beforeEach(() =>
    memories.store.storeMany([
      { content: 'restart stops first', tags: ['code'], project: 'shop', source },
      { content: 'elsewhere it does not', tags: ['code'], project: 'other', source },
    ]),
  );

  it('say that the code has changed since, and what to do about it', async () => {
    for (const query of [undefined, 'restart stops first']) {
      const { head, memories: found } = await search('restart() {\n  halt();\n}', query);
      assert.deepEqual(
        marks(found).find(([content]) => content === 'restart stops first'),
        ['restart stops first', true],
      );
      if (query !== undefined) assert.match(String(head['code']), /memory_update/);
    }
  });

  it('say so where they are listed, and where one is shown whole', async () => {
    const { call } = await connect(memories.store, { project: 'shop', files: files('restart() {}') });
    const page = await call('memory_list', { tags: ['code'] });
    assert.match(String(page.head['code']), /memory_update/);
    assert.deepEqual(
      marks(page.memories).find(([, changed]) => changed),
      ['restart stops first', true],
    );
    const { hash } = page.memories.find((memory) => memory['code_changed'] === true) ?? {};
    const whole = await call('memory_list', { content_hash: hash });
    assert.deepEqual(marks(whole.memories), [['restart stops first', true]]);
    assert.match(String(whole.head['code']), /memory_update/);
  });

  it('say nothing where it is as it was, has only moved, or can not be read', async () => {
    for (const text of [lines.join('\n'), ['// new', ...lines].join('\n'), undefined])
      assert.ok(marks((await search(text, 'restart stops first')).memories).every(([, changed]) => !changed));
  });

  it('say nothing about a file of the same path in another project', async () => {
    const { memories: found } = await search('something else');
    assert.deepEqual(
      marks(found).find(([content]) => content === 'elsewhere it does not'),
      ['elsewhere it does not', undefined],
    );
  });
});
