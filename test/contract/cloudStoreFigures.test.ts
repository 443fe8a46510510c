import assert from 'node:assert/strict';
import type { CloudStore } from '../../src/cloudflare/cloudStore.ts';
import type { Traffic } from '../emulator/requestLog.ts';
import { longText, useCloud } from './cloudStoreFixture.ts';

interface Most {
  readonly roundTrips: number;
  readonly requests: number;
}

const assertAtMost = (
  { entries, roundTrips, requests }: Traffic<unknown>,
  most: Most,
  what: string,
): void => {
  const sent = entries.map(({ method, path }) => `${method} ${path}`).join('\n');
  assert.ok(roundTrips <= most.roundTrips, `${what}: ${roundTrips} round trips\n${sent}`);
  assert.ok(requests <= most.requests, `${what}: ${requests} requests\n${sent}`);
};

const note = (i: number): string =>
  `Note ${i}: the ${['build', 'release', 'database', 'login'][i % 4] ?? ''} of service ${i % 37} is owned by team ${i % 11}`;

describe('the requests of the cloud store', () => {
  // A delay orders the requests of one round trip safely after those of the one before.
  const cloud = useCloud({ shared: true, settings: { latencyMs: 5 } });
  let store: CloudStore;
  let contentHash: string;

  const costs = async (what: string, action: () => Promise<unknown>, most: Most): Promise<void> =>
    assertAtMost(await cloud.emulator.log.during(action), most, what);

  before(async () => {
    store = await cloud.open();
    await store.storeMany(
      Array.from({ length: 200 }, (_, i) => ({ content: note(i), tags: [`team-${i % 11}`, 'note'] })),
    );
    ({ contentHash } = await store.store({ content: 'The parrot of the office is called Otto' }));
  });

  it('to open: 2 where nothing is to be done', () =>
    costs('open', () => cloud.open(), { roundTrips: 2, requests: 2 }));

  for (const tags of [0, 3, 100])
    it(`to store one with ${tags} tags: 3 in 2 round trips, 1 of them with a cached embedding`, async () => {
      const memory = {
        content: `We chose the queue number ${tags} for jobs`,
        tags: Array.from({ length: tags }, (_, i) => `tag-${i}`),
      };
      await costs('new', () => store.store(memory), { roundTrips: 2, requests: 3 });
      await costs('cached', () => store.store(memory), { roundTrips: 1, requests: 2 });
    });

  it('to store a long one: 4, and 5 where its content goes to R2, in 2 round trips', async () => {
    await store.store({
      content: longText(5000, { start: 'The first one makes the second index', end: '' }),
    });
    const long = longText(9000, { start: 'A report of the harbour', end: 'signed by the harbourmaster' });
    await costs('long', () => store.store({ content: long }), { roundTrips: 2, requests: 4 });
    const other = await cloud.open();
    const again = longText(9000, { start: 'A report of the airport', end: 'signed by the pilot' });
    await costs('in another process', () => other.store({ content: again }), { roundTrips: 2, requests: 4 });
    const bucket = await cloud.open({ config: { largeContentBytes: 2000 } });
    const large = longText(9000, { start: 'A report of the station', end: 'signed by the driver' });
    await costs('in R2', () => bucket.store({ content: large }), { roundTrips: 2, requests: 5 });
  });

  for (const limit of [5, 10, 50])
    for (const filter of [undefined, { tags: ['team-3'] }])
      it(`to search for ${limit}${filter ? ' with a filter' : ''}: 5 in 3 round trips, 4 in 2 with a cached embedding`, async () => {
        const query = { query: `who owns the build ${limit} ${filter ? 'here' : 'now'}?`, limit, filter };
        await costs('new', () => store.search(query), { roundTrips: 3, requests: 5 });
        await costs('cached', () => store.search(query), { roundTrips: 2, requests: 4 });
      });

  it('to search where there are no long memories: 4', async () => {
    await cloud.renew();
    const short = await cloud.open();
    await short.store({ content: 'Only short ones here' });
    await costs('new', () => short.search({ query: 'short ones' }), { roundTrips: 3, requests: 4 });
    for (const mode of ['keyword', 'exact'] as const)
      await costs(mode, () => short.search({ query: 'short', mode }), { roundTrips: 2, requests: 2 });
  });

  it('to search by tag, list and count: 1', async () => {
    const one = { roundTrips: 1, requests: 1 };
    await costs('by tag', () => store.list({ filter: { tags: ['note', 'team-1'], tagMatch: 'all' } }), one);
    await costs('list', () => store.list({ limit: 100 }), one);
    await costs('recent', () => store.list({ limit: 10, order: 'newest' }), one);
    await costs('count', () => store.count({}), one);
    await costs('tags', () => store.facets('tags'), one);
    await costs('one', () => store.get([contentHash]), one);
  });

  it('to change tags, type or marks: 1', async () => {
    const one = { roundTrips: 1, requests: 1 };
    await costs('tags', () => store.update(contentHash, { addTags: ['bird', 'office'] }), one);
    await costs('all', () => store.update(contentHash, { tags: [], pinned: true, memoryType: 'note' }), one);
  });

  it('to delete one: 3 in 2 round trips', async () => {
    await costs('one', () => store.delete([contentHash]), { roundTrips: 2, requests: 3 });
    const long = longText(9000, { start: 'A report of the bakery', end: 'signed by the baker' });
    const { contentHash: ofLong } = await store.store({ content: long });
    await costs('long', () => store.delete([ofLong]), { roundTrips: 2, requests: 3 });
  });

  it('to store 100: 5 in 3 round trips', () => {
    const memories = Array.from({ length: 100 }, (_, i) => ({
      content: note(1000 + i),
      tags: ['many', 'a'],
    }));
    return costs('100', () => store.storeMany(memories), { roundTrips: 3, requests: 5 });
  });

  it('to store 1,000: 25 in 8 round trips, and to delete them: 14 in 4', async () => {
    const memories = Array.from({ length: 1000 }, (_, i) => ({
      content: `${note(2000 + i)}. ${'It was written down for the next review. '.repeat(8)}`,
      tags: ['thousand', `group-${i % 50}`],
    }));
    let hashes: string[] = [];
    const storing = async (): Promise<void> => {
      hashes = (await store.storeMany(memories)).map((result) => result.contentHash);
    };
    await costs('store', storing, { roundTrips: 8, requests: 25 });
    await costs('delete', () => store.delete(hashes), { roundTrips: 4, requests: 14 });
  });

  it('to import 10,000: 160', async function () {
    this.timeout(120_000);
    const memories = Array.from({ length: 10_000 }, (_, i) => ({
      content: note(10_000 + i),
      tags: ['import'],
    }));
    const { requests } = await cloud.emulator.log.during(() => store.storeMany(memories));
    assert.ok(requests <= 160, `${requests} requests`);
    assert.equal(await store.count({ tags: ['import'] }), 10_000);
  });
});
