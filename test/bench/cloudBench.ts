import { CloudflareClient } from '../../src/cloudflare/client.ts';
import { createNodeFetch } from '../../src/cloudflare/nodeFetch.ts';
import { type CloudStore, openCloudStore } from '../../src/cloudflare/openCloudStore.ts';
import { findResources, provision } from '../../src/cloudflare/provision.ts';
import { verifyToken, listAccounts } from '../../src/cloudflare/account.ts';
import { startEmulator } from '../emulator/emulator.ts';
import type { Traffic } from '../emulator/requestLog.ts';
import { percentile } from './corpus.ts';
import type { Figure } from './measure.ts';

const LATENCY_MS = 20;
const DIMENSIONS = 768;
const REPEATS = 15;

interface Limits {
  readonly roundTrips: number;
  readonly requests: number;
  readonly ms?: number;
}

const sentence = (i: number): string =>
  `Note ${i}: the ${['build', 'release', 'database', 'login'][i % 4] ?? ''} of service ${i % 37} is owned by team ${i % 11}`;

/** The cloud form against the emulator, 20 ms a request. Counts are exact; times include the emulator's own work. */
export const cloudBench = async (): Promise<Figure[]> => {
  const emulator = await startEmulator({
    settings: { latencyMs: LATENCY_MS },
    limits: { requestsPerWindow: Infinity, requestsPerSecond: Infinity },
  });
  const network = createNodeFetch();
  const figures: Figure[] = [];
  const client = new CloudflareClient({
    fetch: network.fetch,
    token: () => emulator.token,
    baseUrl: emulator.baseUrl,
  });
  const count = (what: string, runs: readonly Traffic<unknown>[], limits: Limits, per = 1) => {
    const most = (of: (traffic: Traffic<unknown>) => number) => Math.max(...runs.map(of));
    figures.push(
      {
        what: `cloud: ${what}, sequential round trips`,
        value: most(({ roundTrips }) => roundTrips),
        unit: '',
        target: { atMost: limits.roundTrips },
      },
      {
        what: `cloud: ${what}, requests`,
        value: most(({ requests }) => requests),
        unit: '',
        target: { atMost: limits.requests },
      },
      {
        what: `cloud: ${what}, p50${per > 1 ? ' per memory' : ''}`,
        value:
          percentile(
            runs.map(({ ms }) => ms),
            0.5,
          ) / per,
        unit: 'ms',
        ...(limits.ms !== undefined && { target: { atMost: limits.ms } }),
      },
    );
  };
  const repeat = async (
    run: (i: number) => Promise<unknown>,
    times = REPEATS,
  ): Promise<Traffic<unknown>[]> => {
    const traffic: Traffic<unknown>[] = [];
    for (let i = 0; i < times; i++) traffic.push(await emulator.log.during(() => run(i)));
    return traffic;
  };
  try {
    let store: CloudStore | undefined;
    const connect = await emulator.log.during(async () => {
      await verifyToken(client);
      const [account] = await listAccounts(client);
      if (account === undefined) throw new Error('no account');
      const found = await findResources(client, account.id);
      const made = await provision(client, account.id, found, { dimensions: DIMENSIONS });
      store = await openCloudStore({
        client,
        config: {
          account: account.id,
          database: made.database.id,
          index: made.index.name,
          bucket: made.bucket,
        },
      });
    });
    if (store === undefined) throw new Error('not connected');
    const memory = store;
    figures.push({
      what: 'cloud: connect and provision, requests',
      value: connect.requests,
      unit: '',
      target: { atMost: 16 },
    });
    const tags = ['one', 'two', 'three'];
    count('store with 3 tags', await repeat((i) => memory.store({ content: sentence(i), tags })), {
      roundTrips: 2,
      requests: 3,
      ms: 55,
    });
    count(
      'store with a cached embedding',
      await repeat((i) => memory.store({ content: sentence(i), tags: ['four'] })),
      { roundTrips: 1, requests: 3 },
    );
    const batch = (from: number, size: number) =>
      Array.from({ length: size }, (_, i) => ({
        content: sentence(from + i),
        tags: ['batch', `t${i % 20}`],
      }));
    count(
      'store 100 in a batch',
      await repeat((i) => memory.storeMany(batch(1000 + i * 100, 100)), 3),
      { roundTrips: 3, requests: 5, ms: 1.5 },
      100,
    );
    count(
      'store 1,000 in a batch',
      await repeat(() => memory.storeMany(batch(10_000, 1000)), 1),
      { roundTrips: 8, requests: 25, ms: 3 },
      1000,
    );
    count(
      'search, k = 5, new question',
      await repeat((i) => memory.search({ query: `who owns the release ${i}`, limit: 5 })),
      { roundTrips: 3, requests: 4, ms: 80 },
    );
    count(
      'search, k = 50, cached question',
      await repeat(() => memory.search({ query: 'who owns the release 1', limit: 50 })),
      { roundTrips: 2, requests: 4, ms: 57 },
    );
    count(
      'search with a tag filter, k = 50',
      await repeat((i) =>
        memory.search({ query: `login of service ${i}`, limit: 50, filter: { tags: ['t3'] } }),
      ),
      { roundTrips: 3, requests: 4, ms: 80 },
    );
    count(
      'search by tag (list)',
      await repeat(() => memory.list({ filter: { tags: ['three'] }, limit: 10 })),
      {
        roundTrips: 1,
        requests: 1,
        ms: 27,
      },
    );
    const page = await memory.list({ limit: 1000, filter: { tags: ['batch'] } });
    const hashes = page.items.map(({ contentHash }) => contentHash);
    count('update tags', await repeat((i) => memory.update(hashes[i] ?? '', { addTags: ['new'] })), {
      roundTrips: 1,
      requests: 1,
    });
    count('delete one', await repeat((i) => memory.delete([hashes[i] ?? ''])), {
      roundTrips: 2,
      requests: 3,
    });
    count('delete 1,000', await repeat(() => memory.delete(hashes), 1), { roundTrips: 4, requests: 14 });
    count(
      'import 10,000',
      await repeat(async () => {
        for (let at = 0; at < 10_000; at += 1000) await memory.storeMany(batch(100_000 + at, 1000));
      }, 1),
      { roundTrips: 80, requests: 160 },
      10_000,
    );
    return figures;
  } finally {
    await network.close();
    await emulator.close();
  }
};
