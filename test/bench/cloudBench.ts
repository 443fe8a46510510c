import type { Traffic } from '../emulator/requestLog.ts';
import { type CloudAccount, emulatedAccount, realAccount } from './cloudAccount.ts';
import { percentile } from './corpus.ts';
import type { Figure } from './measure.ts';
import { retrievalFigures } from './retrievalBench.ts';

const LATENCY_MS = 20;
const REPEATS = 15;
/** When no write is fresh any more. */
const LATER_MS = 600_000;

interface Limits {
  readonly roundTrips: number;
  readonly requests: number;
  readonly ms?: number;
}

const sentence = (i: number): string =>
  `Note ${i}: the ${['build', 'release', 'database', 'login'][i % 4] ?? ''} of service ${i % 37} is owned by team ${i % 11}`;

/** The cloud form against the emulator, 20 ms a request. Counts are exact; times include the emulator's own work. */
export const cloudBench = async (): Promise<Figure[]> => {
  const account = await emulatedAccount(LATENCY_MS);
  try {
    return await measure(account, 10_000);
  } finally {
    await account.close();
  }
};

/** The same, and the retrieval set, against the account of CLOUDFLARE_API_TOKEN; few enough rows for the free plan. */
export const realCloudBench = async (retrievalSet: URL): Promise<Figure[]> => {
  const account = await realAccount();
  try {
    const figures = await measure(account, 0);
    return [...figures, ...(await retrievalFigures(account.store, retrievalSet, 'Workers AI'))];
  } finally {
    await account.close();
  }
};

/** `imported`: how many memories the import has. */
const measure = async (
  { store: memory, log, requestsToConnect, empty, later }: CloudAccount,
  imported: number,
): Promise<Figure[]> => {
  const figures: Figure[] = [
    {
      what: 'cloud: connect and provision, requests',
      value: requestsToConnect,
      unit: '',
      target: { atMost: 16 },
    },
  ];
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
    for (let i = 0; i < times; i++) traffic.push(await log.during(() => run(i)));
    return traffic;
  };
  await empty();
  count('SELECT 1, to compare with', await repeat(empty), { roundTrips: 1, requests: 1 });
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
    'search right after storing 1,300, k = 5',
    await repeat((i) => memory.search({ query: `which team runs the build ${i}`, limit: 5 })),
    { roundTrips: 3, requests: 4 },
  );
  const settled = await later(LATER_MS);
  count(
    'search, k = 5, new question',
    await repeat((i) => settled.search({ query: `who owns the release ${i}`, limit: 5 })),
    { roundTrips: 3, requests: 4, ms: 80 },
  );
  count(
    'search, k = 50, cached question',
    await repeat(() => settled.search({ query: 'who owns the release 1', limit: 50 })),
    { roundTrips: 2, requests: 4, ms: 57 },
  );
  count(
    'search with a tag filter, k = 50',
    await repeat((i) =>
      settled.search({ query: `login of service ${i}`, limit: 50, filter: { tags: ['t3'] } }),
    ),
    { roundTrips: 3, requests: 4, ms: 80 },
  );
  count('search by tag (list)', await repeat(() => memory.list({ filter: { tags: ['three'] }, limit: 10 })), {
    roundTrips: 1,
    requests: 1,
    ms: 27,
  });
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
  if (imported > 0)
    count(
      `import ${imported.toLocaleString('en')}`,
      await repeat(async () => {
        for (let at = 0; at < imported; at += 1000) await memory.storeMany(batch(100_000 + at, 1000));
      }, 1),
      { roundTrips: 80, requests: 160 },
      imported,
    );
  return figures;
};
