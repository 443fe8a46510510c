import assert from 'node:assert/strict';
import { refusal, useStore } from '../support/testStore.ts';

describe('keeping a project on this machine', () => {
  const test = useStore();

  it('marks all of its memories, those to come too', async () => {
    const before = await test.stored({ content: 'before', project: 'secret' });
    const other = await test.stored({ content: 'other', project: 'open' });
    assert.equal(before.localOnly, false);
    await test.store.keepProjectLocal(' Secret ', true);
    assert.deepEqual(await test.store.localProjects(), ['secret']);
    assert.equal((await test.get(before.contentHash)).localOnly, true);
    assert.equal((await test.stored({ content: 'after', project: 'SECRET' })).localOnly, true);
    assert.equal((await test.get(other.contentHash)).localOnly, false);
    for (const { content, localOnly } of (await test.store.list({})).items)
      assert.equal(localOnly, content !== 'other');
    assert.equal((await test.store.search({ query: 'before' })).hits[0]?.memory.localOnly, true);
  });

  it('ends, and leaves the marks that memories have of their own', async () => {
    const own = await test.stored({ content: 'own', project: 'p', localOnly: true });
    const none = await test.stored({ content: 'none', project: 'p' });
    await test.store.keepProjectLocal('p', true);
    await test.store.keepProjectLocal('p', false);
    assert.deepEqual(await test.store.localProjects(), []);
    assert.equal((await test.get(own.contentHash)).localOnly, true);
    assert.equal((await test.get(none.contentHash)).localOnly, false);
  });

  it('follows a memory into the project and out of it', async () => {
    await test.store.keepProjectLocal('p', true);
    const { contentHash } = await test.stored({ content: 'x' });
    assert.equal((await test.store.update(contentHash, { project: 'p' })).localOnly, true);
    assert.equal((await test.store.update(contentHash, { project: 'q' })).localOnly, false);
  });

  it('takes any name, and refuses none', async () => {
    for (const name of ['größe', '100%', "it's", 'a,b']) {
      await test.store.keepProjectLocal(name, true);
      assert.equal((await test.stored({ content: name, project: name })).localOnly, true, name);
    }
    for (const name of ['', ' ', '\ud800'])
      await assert.rejects(test.store.keepProjectLocal(name, true), refusal('invalid-input'));
  });

  it('tells the listeners', async () => {
    let told = 0;
    test.store.onDidChange(() => told++);
    await test.store.keepProjectLocal('p', true);
    assert.equal(told, 1);
  });
});
