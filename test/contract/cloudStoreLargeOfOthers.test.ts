import assert from 'node:assert/strict';
import type { CloudStore } from '../../src/cloudflare/cloudStore.ts';
import { MemoryError } from '../../src/memory/errors.ts';
import { allPermissions } from '../emulator/auth.ts';
import { foundIn, longText, useCloud } from './cloudStoreFixture.ts';
import { get } from './emulatorRequests.ts';
import { McpMemoryService } from './mcpMemoryService.ts';

describe('large content that mcp-memory-service keeps in R2, on its way to our search by words', () => {
  const cloud = useCloud();
  const penguins = longText(1_100_000, { start: 'Penguins breed in Antarctica', end: 'done' });
  const volcanoes = longText(1_100_100, { start: 'Volcanoes erupt in Iceland', end: 'done' });
  const objectOf = (content: string): string => `content/${McpMemoryService.hash(content)}.txt`;
  const readingOf = (content: string) =>
    ({ method: 'GET', path: new RegExp(`/objects/.*${McpMemoryService.hash(content)}`) }) as const;
  const replace = (content: string, by: string): Promise<unknown> =>
    get(cloud.emulator, 'PUT', `${cloud.resources.bucket}/objects/${objectOf(content)}`, by);
  const byWord = async (store: CloudStore, query: string): Promise<number> =>
    (await foundIn(store, { query, mode: 'keyword' })).length;
  const copyAll = async (store: CloudStore): Promise<void> => {
    while ((await store.copyVectors()) > 0);
  };

  beforeEach(async () => {
    const { service } = cloud;
    await service.initialize();
    await service.store({ content: penguins, tags: ['large'] });
    await service.store({ content: volcanoes, tags: ['large'] });
    await service.store({ content: 'a small note on harbours', tags: [] });
  });

  it('one that fails for now holds up neither the others nor the vectors, and is read when it works again', async () => {
    const store = await cloud.open({ client: { maxRetries: 0 } });
    cloud.emulator.faults.add({ kind: 'server-error', ...readingOf(penguins) });
    await copyAll(store);
    assert.deepEqual([await byWord(store, 'Antarctica'), await byWord(store, 'Iceland')], [0, 1]);
    assert.equal((await store.stats()).embedding.embedded, 3);
    await cloud.service.store({ content: 'another note on piers', tags: [] });
    await copyAll(store);
    assert.equal((await store.stats()).embedding.embedded, 4);
    cloud.emulator.faults.clear();
    await copyAll(store);
    assert.equal(await byWord(store, 'Antarctica'), 1);
    const { entries } = await cloud.emulator.log.during(() => store.copyVectors());
    assert.equal(entries.length, 1, 'nothing is left to look at');
  });

  it('where a network that is lost ends the reading, it goes on later', async () => {
    const store = await cloud.open({ client: { maxRetries: 0 } });
    cloud.emulator.faults.add({ kind: 'reset', ...readingOf(penguins) });
    await assert.rejects(store.copyVectors(), (error) => MemoryError.is(error, 'offline'));
    cloud.emulator.faults.clear();
    await copyAll(store);
    assert.deepEqual([await byWord(store, 'Antarctica'), await byWord(store, 'Iceland')], [1, 1]);
  });

  it('under a token that may not read R2 it waits for Repair, and the vectors are copied all the same', async () => {
    const permissions = allPermissions.filter((name) => !name.includes('R2'));
    const { value } = cloud.emulator.tokens.create({ permissions });
    const store = await cloud.open({ client: { token: () => value } });
    await copyAll(store);
    assert.equal((await store.stats()).embedding.embedded, 3);
    assert.ok(cloud.log.some((line) => line.includes('Workers R2 Storage Edit')));
    const allowed = await cloud.open({ now: () => Date.now() + 600_000 });
    assert.equal(await byWord(allowed, 'Antarctica'), 0);
    assert.deepEqual((await allowed.repair()).problems, []);
    assert.deepEqual([await byWord(allowed, 'Antarctica'), await byWord(allowed, 'Iceland')], [1, 1]);
  });

  it('is not taken for what something on the way answers in its place', async () => {
    await replace(penguins, 'Please sign in to the guest network');
    const store = await cloud.open();
    await copyAll(store);
    assert.deepEqual([await byWord(store, 'guest'), await byWord(store, 'Iceland')], [0, 1]);
    assert.equal((await store.stats()).embedding.embedded, 3);
  });

  it('that is missing or no text does not tell of the model, and leaves no vector uncopied', async () => {
    await cloud.sql(`DELETE FROM memories WHERE r2_key IS NULL OR r2_key = ?`, objectOf(volcanoes));
    await get(cloud.emulator, 'DELETE', `${cloud.resources.bucket}/objects/${objectOf(penguins)}`);
    const store = await cloud.open();
    await copyAll(store);
    assert.ok(!cloud.log.some((line) => line.includes('are not of')), cloud.log.join('\n'));
    await cloud.service.store({ content: 'a small note on piers', tags: [] });
    await copyAll(store);
    assert.deepEqual(await foundIn(store, { query: 'piers', mode: 'meaning', limit: 1 }), [
      'a small note on piers',
    ]);
    assert.ok((await store.stats()).embedding.embedded >= 1);
  });
});
