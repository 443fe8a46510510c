import assert from 'node:assert/strict';
import { MEMORY_TYPES } from '../../../src/memory/memoryTypes.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('memory types', () => {
  const test = useStore();

  it('know the ontology of mcp-memory-service, every name once', () => {
    const names = Object.entries(MEMORY_TYPES).flatMap(([base, subtypes]) => [base, ...subtypes]);
    assert.equal(Object.keys(MEMORY_TYPES).length, 12);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z_]+$/);
    for (const subtype of ['note', 'architecture', 'gotcha', 'bug', 'velocity', 'hypothesis'])
      assert.ok(names.includes(subtype), subtype);
  });

  it('are kept exactly, unknown ones too', async () => {
    for (const memoryType of ['decision', 'note', 'My Own Type ✓', '数据', ' spaced '])
      assert.equal((await test.stored({ content: `of ${memoryType}`, memoryType })).memoryType, memoryType);
  });

  it('are undefined where none was given', async () => {
    assert.equal((await test.stored({ content: 'x' })).memoryType, undefined);
  });

  it('are refused where they could not be stored alike everywhere', async () => {
    for (const memoryType of ['a\u0000b', '\ud800', '', 'x'.repeat(101)])
      await assert.rejects(test.store.store({ content: 'x', memoryType }), refusal('invalid-input'));
    const { contentHash } = await test.stored({ content: 'x', memoryType: 'x'.repeat(100) });
    await assert.rejects(test.store.update(contentHash, { memoryType: '\ud800' }), refusal('invalid-input'));
  });
});
