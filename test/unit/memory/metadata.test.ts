import assert from 'node:assert/strict';
import type { JsonObject } from '../../../src/memory/memory.ts';
import { refusal, useStore } from '../support/testStore.ts';

const nested = (levels: number): JsonObject => {
  let value: JsonObject = { deepest: true };
  for (let level = 1; level < levels; level++) value = { inner: value };
  return value;
};

describe('metadata', () => {
  const test = useStore();
  const roundTrip = async (metadata: JsonObject): Promise<JsonObject> => {
    const { contentHash } = await test.stored({ content: 'x', metadata });
    await test.store.delete([contentHash]);
    await test.store.purge([contentHash]);
    const first = await test.stored({ content: 'y', metadata });
    const again = await test.stored({ content: 'y', metadata });
    assert.deepEqual(again.metadata, first.metadata, 'merged with itself');
    await test.store.purge(await test.store.delete([first.contentHash]));
    return first.metadata;
  };

  it('keeps numbers exactly', async () => {
    const numbers = [0, 1, -1, 0.1, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER, -123.456];
    assert.deepEqual(await roundTrip({ numbers, '1': 1, '-1': 1.5 }), { numbers, '1': 1, '-1': 1.5 });
  });

  it('keeps texts exactly, whatever characters are in them', async () => {
    const texts = [
      '',
      ' ',
      '"',
      '\\',
      '\\u0000',
      "'",
      '\u0001\u001f\u007f',
      '\u2028\u2029',
      '\ufeff',
      '🎉',
      'e\u0301',
    ];
    const metadata = { texts, ...Object.fromEntries(texts.map((text) => [text, text])) };
    assert.deepEqual(await roundTrip(metadata), metadata);
  });

  it('keeps nested objects and lists, true, false and empty ones', async () => {
    const metadata = { a: { b: [{ c: [[], {}, [true, false, null]] }] }, e: {}, l: [] };
    assert.deepEqual(await roundTrip(metadata), metadata);
  });

  it('keeps keys that mean something to JavaScript or SQL', async () => {
    const metadata = JSON.parse(
      '{"__proto__":{"a":1,"__proto__":2},"constructor":1,"toString":"x","hasOwnProperty":[],"$.a":1,"a.b":2,"a[0]":3,"":4,"_q":"packed"}',
    ) as JsonObject;
    const back = await roundTrip(metadata);
    assert.deepEqual(back, metadata);
    assert.ok(Object.hasOwn(back, '__proto__'));
  });

  it('is an empty object where none was given, and where another program left something else', async () => {
    const { contentHash, metadata } = await test.stored({ content: 'x' });
    assert.deepEqual(metadata, {});
    for (const broken of ['[1]', 'null', '7', '{', '']) {
      test.sql('UPDATE memories SET metadata_json = ?', broken);
      assert.deepEqual((await test.get(contentHash)).metadata, {}, broken);
    }
  });

  it('may be nested 100 levels deep', async () => {
    assert.deepEqual(await roundTrip(nested(100)), nested(100));
    await assert.rejects(test.store.store({ content: 'x', metadata: nested(101) }), refusal('invalid-input'));
    await assert.rejects(
      test.store.store({ content: 'x', metadata: nested(50_000) }),
      refusal('invalid-input'),
    );
  });

  it('refuses what JSON can not say', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const values = [
      NaN,
      Infinity,
      undefined,
      1n,
      Symbol('s'),
      () => 1,
      new Date(0),
      new Map(),
      /x/,
      new Array(2),
      circular,
    ];
    for (const value of values)
      for (const metadata of [{ value }, { list: [value] }, { ['__proto__']: value }])
        await assert.rejects(
          test.store.store({ content: 'x', metadata: metadata }),
          refusal('invalid-input'),
        );
    for (const metadata of [[], null, 'text', 7] as unknown as JsonObject[])
      await assert.rejects(test.store.store({ content: 'x', metadata }), refusal('invalid-input'));
    assert.equal(await test.store.count({}), 0);
  });

  it('refuses U+0000 and half of a surrogate pair, in values and in keys', async () => {
    for (const bad of ['\u0000', 'a\ud800', '\udc00b', '\\\u0000'])
      for (const metadata of [{ [bad]: 1 }, { deep: [{ text: bad }] }])
        await assert.rejects(test.store.store({ content: 'x', metadata }), refusal('invalid-input'));
  });

  it('has at most 256 KiB as JSON in UTF-8', async () => {
    const metadata = (length: number) => ({ text: 'é'.repeat(length) });
    const most = (256 * 1024 - '{"text":""}'.length - 1) / 2;
    assert.deepEqual(await roundTrip(metadata(most)), metadata(most));
    await assert.rejects(
      test.store.store({ content: 'x', metadata: metadata(most + 1) }),
      refusal('too-large'),
    );
  });
});
