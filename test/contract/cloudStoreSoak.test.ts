import assert from 'node:assert/strict';
import { chunkIdOf } from '../../src/cloudflare/chunkIds.ts';
import type { CloudStore } from '../../src/cloudflare/cloudStore.ts';
import { contentHashOf } from '../../src/memory/contentHash.ts';
import { MemoryError } from '../../src/memory/errors.ts';
import { randomFrom, type FaultRule } from '../emulator/faults.ts';
import { HastyClock } from '../unit/cloudflare/testClock.ts';
import { soakRuns } from '../unit/support/testStore.ts';
import { longText, useCloud, type CloudFixture } from './cloudStoreFixture.ts';

/** What requests meet; `silence` costs a timeout each, `deep-nesting` seconds. */
const KINDS: readonly FaultRule[] = [
  { kind: 'rate-limited' },
  { kind: 'throttled' },
  { kind: 'd1-overloaded', path: /d1/ },
  { kind: 'd1-transient', path: /d1/ },
  { kind: 'd1-daily-reads', path: /d1/ },
  { kind: 'd1-daily-writes', path: /d1/ },
  { kind: 'vectorize-too-many', path: /vectorize/ },
  { kind: 'ai-capacity', path: /ai\/run/ },
  { kind: 'ai-daily-limit', path: /ai\/run/ },
  { kind: 'ai-daily-limit-4006', path: /ai\/run/ },
  { kind: 'challenge' },
  { kind: 'redirect' },
  { kind: 'huge-body', bytes: 1_000_000 },
  { kind: 'silence', probability: 0.0005 },
  ...([false, true] as const).flatMap((applied): FaultRule[] => [
    { kind: 'server-error', applied },
    { kind: 'server-error', status: 502, applied },
    { kind: 'unsuccessful', applied },
    { kind: 'wrong-types', applied },
    { kind: 'empty-body', applied },
    { kind: 'truncated-body', applied },
    { kind: 'reset', applied },
  ]),
  { kind: 'deep-nesting', probability: 0.0005 },
];
/** Some kinds meet one product only, so that a fifth of all requests is met. */
const FAULTY = 0.26;

interface Expected {
  readonly content: string;
  readonly tags: readonly string[];
  readonly deleted: boolean;
}

/** Undefined: no record. */
type State = Expected | undefined;

const TIMEOUT_MS = 2000;
const LARGE = 4000;

class Soak {
  readonly #cloud: CloudFixture;
  readonly #store: CloudStore;
  readonly #random: () => number;
  readonly expected = new Map<string, Expected>();
  refused = 0;

  constructor(cloud: CloudFixture, store: CloudStore, seed: number) {
    this.#cloud = cloud;
    this.#store = store;
    this.#random = randomFrom(seed);
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  /** A handful of texts, so that all meet again and again: short, long, and too large for a row. */
  #text(): string {
    const i = this.#below(40);
    if (i < 30) return `note ${i} about the ${['harbour', 'airport', 'station'][i % 3] ?? ''} and its clock`;
    return longText(i < 36 ? 3500 : 6000, { start: `report ${i} of the review`, end: `signed by ${i}` });
  }

  #tags(): string[] {
    return Array.from({ length: this.#below(4) }, () => `tag-${this.#below(12)}`).filter(
      (tag, i, all) => all.indexOf(tag) === i,
    );
  }

  #some(deleted: boolean): string | undefined {
    const hashes = [...this.expected].filter(([, each]) => each.deleted === deleted).map(([hash]) => hash);
    return hashes[this.#below(hashes.length)];
  }

  faultsOn(): void {
    const usual = KINDS.filter(({ probability }) => probability === undefined).length;
    this.#cloud.emulator.faults.add(...KINDS.map((rule) => ({ probability: FAULTY / usual, ...rule })));
  }

  /** Runs one operation; `after` is what it leaves. Refused, it may have left either, and the record tells. */
  async #run(after: ReadonlyMap<string, State>, action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
      this.#accept(after);
    } catch (error) {
      if (!MemoryError.is(error)) throw error;
      this.refused++;
      this.#cloud.emulator.faults.clear();
      const before = new Map([...after.keys()].map((hash) => [hash, this.expected.get(hash)]));
      const found = await this.#records([...after.keys()]);
      const isSame = (wanted: ReadonlyMap<string, State>): boolean =>
        [...wanted].every(([hash, state]) => sameState(found.get(hash), state));
      assert.ok(isSame(before) || isSame(after), `neither before nor after: ${error.message}`);
      if (!isSame(before)) this.#accept(after);
      this.faultsOn();
    }
  }

  #accept(after: ReadonlyMap<string, State>): void {
    for (const [hash, state] of after)
      if (state === undefined) this.expected.delete(hash);
      else this.expected.set(hash, state);
  }

  async #records(hashes: readonly string[]): Promise<Map<string, Expected>> {
    const rows = await this.#cloud.sql(
      `SELECT content_hash, tags, deleted_at FROM memories WHERE content_hash IN (SELECT value FROM json_each(?))`,
      JSON.stringify(hashes),
    );
    return new Map(
      rows.map((row) => [
        String(row['content_hash']),
        { content: '', tags: splitTags(row['tags']), deleted: row['deleted_at'] !== null },
      ]),
    );
  }

  #stored(content: string, tags: readonly string[]): [string, Expected] {
    const hash = contentHashOf(content);
    const known = this.expected.get(hash);
    const kept = known === undefined || known.deleted ? [] : known.tags;
    return [hash, { content, tags: [...new Set([...kept, ...tags])], deleted: false }];
  }

  async step(): Promise<void> {
    const store = this.#store;
    const live = this.#some(false);
    const [text, tags] = [this.#text(), this.#tags()];
    const state = live === undefined ? undefined : this.expected.get(live);
    const which = this.#below(10);
    if (which < 4 || live === undefined || state === undefined)
      return this.#run(new Map([this.#stored(text, tags)]), () => store.store({ content: text, tags }));
    if (which < 5)
      return this.#run(new Map([[live, { ...state, tags }]]), () => store.update(live, { tags }));
    if (which < 6) return this.#edit(live, state, text);
    if (which < 8)
      return this.#run(new Map([[live, { ...state, deleted: true }]]), () => store.delete([live]));
    const gone = this.#some(true);
    const old = gone === undefined ? undefined : this.expected.get(gone);
    if (gone === undefined || old === undefined)
      return this.#run(new Map(), () => store.search({ query: text.slice(0, 60) }));
    if (which < 9)
      return this.#run(new Map([[gone, { ...old, deleted: false }]]), () => store.restore([gone]));
    return this.#run(new Map([[gone, undefined]]), () => store.purge([gone]));
  }

  #edit(live: string, state: Expected, text: string): Promise<void> {
    const hash = contentHashOf(text);
    const target = this.expected.get(hash);
    const kept = hash === live || target === undefined || target.deleted ? [] : target.tags;
    const after = new Map<string, State>([
      [live, { ...state, deleted: true }],
      [hash, { content: text, tags: [...new Set([...kept, ...state.tags])], deleted: false }],
    ]);
    return this.#run(after, () => this.#store.update(live, { content: text }));
  }
}

const splitTags = (text: unknown): string[] =>
  typeof text === 'string' && text !== '' ? text.split(',') : [];

const sameState = (found: State, state: State): boolean =>
  found === undefined || state === undefined
    ? found === state
    : found.deleted === state.deleted && found.tags.toSorted().join() === state.tags.toSorted().join();

describe('operations with faults in a fifth of all requests', () => {
  const cloud = useCloud();
  const operations = soakRuns(3000);

  it(`leave D1, Vectorize and R2 exactly as acknowledged after ${operations} of them`, async function () {
    this.timeout(operations * 3000);
    const seed = Number(process.env['EDGE_MEMORY_SEED'] ?? Date.now() % 1_000_000);
    console.log(`      EDGE_MEMORY_SEED=${seed}`);
    let passed = 0;
    const store = await cloud.open({
      now: () => Date.now() + passed,
      config: { largeContentBytes: LARGE },
      // One retry only, so that some operations fail for good.
      client: { clock: new HastyClock(), timeoutMs: TIMEOUT_MS, maxRetries: 1 },
    });
    const soak = new Soak(cloud, store, seed);
    const before = cloud.emulator.log.entries.length;
    soak.faultsOn();
    for (let i = 0; i < operations; i++) await soak.step();
    const struck = [...cloud.emulator.faults.injected.values()].reduce((sum, n) => sum + n, 0);
    const requests = cloud.emulator.log.entries.length - before;
    console.log(
      `      ${struck} faults in ${requests} requests, ${soak.refused} operations refused, ${soak.expected.size} memories`,
    );
    cloud.emulator.faults.clear();
    // By then no other process can be about to give an object its record.
    passed = 1_200_000;
    await store.settle();

    const all = [...soak.expected];
    const live = all.filter(([, { deleted }]) => !deleted);
    const rows = await cloud.sql('SELECT content_hash, deleted_at, tags FROM memories ORDER BY content_hash');
    assert.deepEqual(
      rows.map((row) => [row['content_hash'], row['deleted_at'] !== null, splitTags(row['tags']).sort()]),
      all.map(([hash, { deleted, tags }]) => [hash, deleted, [...tags].sort()]).sort(),
    );
    for (const memory of await store.get(all.map(([hash]) => hash)))
      assert.ok(memory.content === soak.expected.get(memory.contentHash)?.content, memory.contentHash);
    assert.deepEqual(await cloud.vectorIds(), live.map(([hash]) => hash).sort());
    const chunked = await cloud.sql('SELECT content_hash, chunks FROM em_vectors WHERE chunks > 1');
    const further = chunked
      .filter((row) => soak.expected.get(String(row['content_hash']))?.deleted === false)
      .flatMap((row) =>
        Array.from({ length: Number(row['chunks']) - 1 }, (_, i) =>
          chunkIdOf(String(row['content_hash']), i + 1),
        ),
      );
    assert.deepEqual(await cloud.chunkIds(), further.sort());
    const objects = all.filter(([, { content }]) => Buffer.byteLength(content) > LARGE);
    assert.deepEqual(await cloud.objectKeys(), objects.map(([hash]) => `content/${hash}.txt`).sort());
    assert.deepEqual(await cloud.sql('SELECT * FROM em_embed_queue'), []);
    assert.deepEqual((await store.verify()).problems, []);
  });
});
