import assert from 'node:assert/strict';
import { MAX_TAG_LENGTH, MAX_TAGS, normaliseTag, normaliseTags } from '../../../src/memory/tags.ts';
import { refusal, useStore } from '../support/testStore.ts';

describe('tags', () => {
  it('are trimmed as Python trims, lower-case and unique, in the order given', () => {
    assert.deepEqual(normaliseTags([' Zebra', 'api\u0085', 'ZEBRA', '\u001cApi', 'äÖ']), [
      'zebra',
      'api',
      'äö',
    ]);
  });

  it('keep what JavaScript would trim and Python does not', () => {
    assert.equal(normaliseTag('\u{feff}x'), '\u{feff}x');
  });

  it('take `-` for a comma, because they are also kept as a list with commas', () => {
    assert.deepEqual(normaliseTags(['a,b', 'C, D', ',', '-']), ['a-b', 'c- d', '-']);
  });

  it('leave out what is empty', () => {
    assert.deepEqual(normaliseTags(['', '  ', '\t\u3000']), []);
    assert.equal(normaliseTag(' '), undefined);
  });

  it('have at most 100 characters, counted in code points after normalising', () => {
    assert.equal(MAX_TAG_LENGTH, 100);
    assert.deepEqual(normaliseTags([`  ${'🎉'.repeat(100)} `]), ['🎉'.repeat(100)]);
    assert.throws(() => normaliseTags(['a'.repeat(101)]), refusal('invalid-input'));
    // Lower-case İ is two code points.
    assert.throws(() => normaliseTags(['İ'.repeat(51)]), refusal('invalid-input'));
  });

  it('are at most 100, counted without the doubles', () => {
    const tags = Array.from({ length: MAX_TAGS }, (_, i) => `tag${i}`);
    assert.equal(normaliseTags([...tags, 'TAG5', '']).length, 100);
    assert.throws(() => normaliseTags([...tags, 'one more']), refusal('invalid-input'));
  });

  it('are refused with U+0000 or half of a surrogate pair in them', () => {
    for (const tag of ['a\u0000b', '\ud83c', 'x\udf89'])
      assert.throws(() => normaliseTags([tag]), refusal('invalid-input'));
  });

  describe('in the store', () => {
    const test = useStore();

    it('come back normalised, with the project as one of them', async () => {
      const { tags } = await test.stored({ content: 'x', tags: [' B', 'a,1', 'b'], project: ' My App ' });
      assert.deepEqual(tags, ['b', 'a-1', 'proj:my app']);
    });

    it('stand in the join and, joined by commas, in the row, as mcp-memory-service reads them', async () => {
      await test.stored({ content: 'x', tags: ['B', 'a,1'] });
      assert.deepEqual(test.sql('SELECT tags FROM memories'), [{ tags: 'b,a-1' }]);
      assert.deepEqual(test.sql('SELECT name FROM tags ORDER BY name'), [{ name: 'a-1' }, { name: 'b' }]);
    });

    it('are read from the row where another program left the join empty', async () => {
      const { contentHash } = await test.stored({ content: 'x', tags: ['a'] });
      test.sql('DELETE FROM memory_tags');
      test.sql(`UPDATE memories SET tags = 'x, y ,,x'`);
      assert.deepEqual((await test.get(contentHash)).tags, ['x', 'y']);
    });

    it('count one project too: 99 tags and a project are taken, 100 and a project are not', async () => {
      const tags = Array.from({ length: 100 }, (_, i) => `tag${i}`);
      await test.stored({ content: 'x', tags: tags.slice(1), project: 'p' });
      await assert.rejects(test.store.store({ content: 'y', tags, project: 'p' }), refusal('invalid-input'));
    });

    it('are refused as a project without a name', async () => {
      for (const project of ['', '  '])
        await assert.rejects(test.store.store({ content: 'x', project }), refusal('invalid-input'));
    });
  });
});
