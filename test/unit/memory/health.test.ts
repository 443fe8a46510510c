import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { VerifyProblem } from '../../../src/memory/memory.ts';
import { itWithFullText, useStore } from '../support/testStore.ts';

describe('verifying and repairing a store', () => {
  const test = useStore();
  /** Breaks the file as a fault would, past the store and all rules. */
  const breakIt = (sql: string) => {
    const database = new DatabaseSync(test.file, { enableForeignKeyConstraints: false });
    database.exec(sql);
    database.close();
  };
  const hashOf = async (content: string) =>
    (await test.store.search({ query: content, mode: 'exact' })).hits[0]?.memory.contentHash ?? '';
  const finds = async (problem: Partial<VerifyProblem> & Pick<VerifyProblem, 'kind'>) => {
    const { problems } = await test.store.verify();
    assert.deepEqual(
      problems.map(({ kind }) => kind),
      [problem.kind],
    );
    assert.deepEqual({ ...problems[0], ...problem }, problems[0]);
  };
  const mends = async () => {
    assert.deepEqual((await test.store.repair()).problems, []);
    assert.deepEqual((await test.store.verify()).problems, []);
  };

  beforeEach(async () => {
    await test.store.storeMany([
      { content: 'alpha', tags: ['a', 'b'] },
      { content: 'beta', tags: ['b', 'c'] },
      { content: '三', tags: ['c'] },
      { content: 'deleted', tags: ['d'] },
    ]);
    await test.store.embedPending();
    await test.store.delete([await hashOf('deleted')]);
  });

  it('finds nothing in a sound one, and counts what it looked at', async () => {
    assert.deepEqual(await test.store.verify(), { checked: 4, problems: [] });
  });

  it('finds tags that differ between the row and the join, and writes those of the join into the row', async () => {
    const hash = await hashOf('alpha');
    breakIt(`UPDATE memories SET tags = 'wrong' WHERE content = 'alpha'`);
    await finds({ kind: 'wrong-tags-text', count: 1, examples: [hash] });
    await mends();
    assert.deepEqual(test.sql('SELECT tags FROM memories WHERE content_hash = ?', hash), [{ tags: 'a,b' }]);
  });

  it('keeps the tags of a row that has none in the join, where a writer broke off', async () => {
    breakIt(`DELETE FROM memory_tags; UPDATE memories SET tags = 'B, "q" ,x\\y,,c' WHERE content = 'alpha'`);
    const before = (await test.get(await hashOf('alpha'))).tags;
    assert.deepEqual(before, ['B', '"q"', 'x\\y', 'c']);
    await mends();
    assert.deepEqual((await test.get(await hashOf('alpha'))).tags, before);
    assert.deepEqual(test.sql(`SELECT tags FROM memories WHERE content = 'alpha'`), [
      { tags: 'B,"q",x\\y,c' },
    ]);
    assert.deepEqual((await test.store.facets('tags', { prefix: 'c' })).items, [{ name: 'c', count: 3 }]);
  });

  it('finds tags without a memory, and removes them', async () => {
    breakIt(`INSERT INTO tags (name) VALUES ('nobody'), ('none')`);
    await finds({ kind: 'orphan-tag', count: 2, examples: ['nobody', 'none'] });
    await mends();
    assert.equal(test.sql('SELECT * FROM tags').length, 4);
  });

  itWithFullText('finds memories without full text, and indexes them', async () => {
    for (const table of ['em_words', 'em_trigrams']) {
      breakIt(`DELETE FROM ${table} WHERE rowid = (SELECT id FROM memories WHERE content = 'beta')`);
      await finds({ kind: 'missing-full-text', count: 1 });
      await mends();
      assert.equal((await test.store.search({ query: 'beta', mode: 'keyword' })).hits.length, 1);
      assert.equal((await test.store.search({ query: 'bet', mode: 'exact' })).hits.length, 1);
    }
  });

  it('finds memories without a vector, if the model knows their language, and gets them one', async () => {
    const hash = await hashOf('beta');
    breakIt(`DELETE FROM em_local_vectors WHERE content_hash = '${hash}'`);
    await finds({ kind: 'missing-vector', count: 1, examples: [hash] });
    assert.equal((await test.store.search({ query: 'beta', mode: 'meaning' })).hits.length, 0);
    await mends();
    await test.store.embedPending();
    assert.equal((await test.store.search({ query: 'beta', mode: 'meaning' })).hits.length, 1);
    assert.deepEqual((await test.store.verify()).problems, []);
  });

  it('finds vectors without a live memory, and removes them', async () => {
    const hash = await hashOf('beta');
    breakIt(`UPDATE em_local_vectors SET memory_id = 999 WHERE content_hash = '${hash}';
      UPDATE memories SET deleted_at = 1 WHERE content_hash = '${hash}'`);
    await finds({ kind: 'orphan-vector', count: 1, examples: [hash] });
    await mends();
    assert.equal((await test.store.stats()).embedding.embedded, 1);
    assert.deepEqual(test.sql('SELECT count(*) AS n FROM em_local_codes'), [{ n: 1 }]);
  });

  it('finds large content that is gone, says so, and can not mend it', async () => {
    const { contentHash } = await test.stored({ content: 'large '.repeat(200_000) });
    await test.store.embedPending();
    breakIt('DELETE FROM em_local_objects');
    await finds({ kind: 'missing-object', count: 1, examples: [contentHash] });
    assert.deepEqual(
      (await test.store.repair()).problems.map(({ kind }) => kind),
      ['missing-object'],
    );
  });

  itWithFullText(
    'finds all of it at once, with five examples of each and the count of all, and mends it',
    async () => {
      await test.store.storeMany(
        Array.from({ length: 1200 }, (_, i) => ({ content: `number ${i}`, tags: ['n'] })),
      );
      await test.store.embedPending();
      breakIt(
        `UPDATE memories SET tags = 'x'; DELETE FROM em_words; DELETE FROM em_local_vectors; INSERT INTO tags (name) VALUES ('y')`,
      );
      const { problems } = await test.store.verify();
      assert.deepEqual(Object.fromEntries(problems.map(({ kind, count }) => [kind, count])), {
        'wrong-tags-text': 1203,
        'orphan-tag': 1,
        'missing-full-text': 1203,
        'missing-vector': 1202,
      });
      for (const { examples, count } of problems) assert.equal(examples.length, Math.min(5, count));
      await mends();
      assert.equal(await test.store.embedPending(), 0);
      assert.deepEqual((await test.store.verify()).problems, []);
    },
  );
});
