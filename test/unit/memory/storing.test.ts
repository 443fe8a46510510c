import assert from 'node:assert/strict';
import { contentHashOf } from '../../../src/memory/contentHash.ts';
import type { NewMemory, StoreEvent } from '../../../src/memory/memory.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('storing a memory', () => {
  const test = useStore();

  it('keeps the content exactly and answers its hash', async () => {
    const content = ' \u{feff}Deploy\r\n\ton Friday 🎉 e\u0301 \u0001\u007f\ufffe\u{10ffff} ';
    const result = await test.store.store({ content });
    assert.deepEqual(result, { contentHash: contentHashOf(content), outcome: 'stored' });
    const memory = await test.get(result.contentHash);
    assert.equal(memory.content, content);
    assert.equal(memory.contentSize, Buffer.byteLength(content));
    assert.equal(memory.truncated, false);
  });

  it('keeps everything that came with it', async () => {
    const source = {
      client: 'cli',
      path: 'src/a b.ts',
      lines: [3, 9] as const,
      commit: 'abc',
      person: 'Ünal',
    };
    const memory = await test.stored({
      content: 'x',
      tags: ['a'],
      project: 'p',
      memoryType: 'note',
      metadata: { k: 1 },
      createdAt: 1234567.891,
      pinned: true,
      localOnly: true,
      source,
    });
    assert.deepEqual(
      { ...memory, updatedAt: 0 },
      {
        contentHash: contentHashOf('x'),
        content: 'x',
        truncated: false,
        tags: ['a', 'proj:p'],
        memoryType: 'note',
        metadata: { k: 1 },
        createdAt: 1234567.891,
        updatedAt: 0,
        deletedAt: undefined,
        contentSize: 1,
        pinned: true,
        localOnly: true,
        source,
        supersededBy: undefined,
      },
    );
  });

  it('takes now for the creation time, as seconds and as ISO', async () => {
    const before = Date.now() / 1000;
    const { createdAt, updatedAt } = await test.stored({ content: 'x' });
    assert.ok(createdAt >= before && createdAt <= Date.now() / 1000);
    assert.equal(updatedAt, createdAt);
    assert.deepEqual(
      test.sql(
        'SELECT created_at_iso AS c, updated_at_iso AS u, vector_id = content_hash AS v FROM memories',
      ),
      [{ c: new Date(createdAt * 1000).toISOString(), u: new Date(createdAt * 1000).toISOString(), v: 1 }],
    );
  });

  it('takes creation times from the year 0 to 9999, and no others', async () => {
    for (const createdAt of [-62_167_219_200, -1.5, 0, 1e-3, 253_402_300_799])
      assert.equal((await test.stored({ content: `at ${createdAt}`, createdAt })).createdAt, createdAt);
    for (const createdAt of [-62_167_219_201, 253_402_300_800, NaN, Infinity])
      await assert.rejects(test.store.store({ content: 'x', createdAt }), refusal('invalid-input'));
  });

  it('refuses content without a character that counts, U+0000 and half a surrogate pair', async () => {
    for (const content of ['', '  ', '\u001c\u0085\u3000', 'a\u0000b', 'a\ud83c', '\udf89b'])
      await assert.rejects(test.store.store({ content }), refusal('invalid-input'));
    assert.equal((await test.stored({ content: '\u{feff}' })).content, '\u{feff}');
  });

  it('refuses what has another form, and names the field', async () => {
    const wrong: Record<string, unknown> = {
      tags: 'a',
      pinned: 1,
      memoryType: 5,
      createdAt: '2026',
      source: { lines: [0, 1] },
    };
    for (const [field, value] of Object.entries(wrong))
      await assert.rejects(
        test.store.store({ content: 'x', [field]: value }),
        (error) => refusal('invalid-input')(error) && (error as Error).message.includes(field),
      );
    await assert.rejects(test.store.store(undefined as unknown as NewMemory), refusal('invalid-input'));
  });

  it('refuses half a surrogate pair in the names of a source', async () => {
    for (const field of ['client', 'path', 'symbol'])
      await assert.rejects(
        test.store.store({ content: 'x', source: { [field]: '\ud800' } }),
        refusal('invalid-input'),
      );
  });

  it('tells its listeners, until they leave', async () => {
    const events: StoreEvent[] = [];
    const leave = test.store.onDidChange((event) => events.push(event));
    await test.store.store({ content: 'x' });
    assert.deepEqual(events, [{ kind: 'changed', by: 'this-process' }]);
    leave();
    await test.store.store({ content: 'y' });
    assert.equal(events.length, 1);
  });

  it('stores nothing once the signal has aborted', async () => {
    const reason = new Error('changed my mind');
    const signal = AbortSignal.abort(reason);
    await assert.rejects(test.store.store({ content: 'x' }, { signal }), reason);
    assert.equal(await test.store.count({}), 0);
  });
});
