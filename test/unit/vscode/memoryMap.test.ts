import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { MapEvent } from '../../../src/local/map/mapThread.ts';
import { MemoryMap } from '../../../src/vscode/overview/memoryMap.ts';
import { useStore } from '../support/testStore.ts';

const worker = new URL('../../../src/local/map/mapWorker.ts', import.meta.url);
const fruits = ['apple', 'banana', 'cherry'];
const memories = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    content: `${fruits[(from + i) % 3] ?? ''} ${fruits[(from + i) % 3] ?? ''} note${from + i}`,
  }));

const placed = (positions: Float32Array): number =>
  positions.filter((value, i) => i % 2 === 0 && !Number.isNaN(value)).length;

describe('the map of memories', () => {
  const test = useStore();
  let maps: MemoryMap[] = [];
  const file = () => path.join(path.dirname(test.file), 'memory.map.json');
  const open = (store = test.store): MemoryMap => {
    const map = new MemoryMap({ store, file, worker });
    maps.push(map);
    return map;
  };
  const ignore = (): void => undefined;
  const fill = async (from: number, count: number): Promise<void> => {
    await test.store.storeMany(memories(from, count));
    await test.store.embedPending();
  };
  afterEach(() => {
    for (const map of maps) map.dispose();
    maps = [];
  });

  it('has no places at first, then a quick one for each memory, then a better one', async () => {
    await fill(0, 60);
    const map = open();
    const { positions, memories: loaded, total } = await map.load();
    assert.deepEqual([loaded.length, total, placed(positions)], [60, 60, 0]);
    const events: MapEvent[] = [];
    const better = await map.place((event) => events.push(event));
    assert.equal(placed(better), 60);
    const [quick] = events;
    assert.ok(quick?.kind === 'quick');
    assert.equal(placed(quick.positions), 60);
    assert.notDeepEqual(quick.positions, better);
  });

  it('is read from its file by the next window, which computes nothing', async () => {
    await fill(0, 60);
    const first = open();
    await first.load();
    const positions = await first.place(ignore);
    const again = await open().load();
    assert.equal(placed(again.positions), 60);
    assert.ok(again.positions.every((value, i) => Math.abs(value - (positions[i] ?? 0)) < 0.0001));
  });

  it('puts a few new memories beside their neighbours, and leaves the others in place', async () => {
    await fill(0, 60);
    const first = open();
    await first.load();
    await first.place(ignore);
    await fill(60, 5);
    const map = open();
    const before = await map.load();
    assert.equal(placed(before.positions), 60);
    const events: MapEvent[] = [];
    const after = await map.place((event) => events.push(event));
    assert.equal(placed(after), 65);
    assert.ok(events.every(({ kind }) => kind === 'progress'));
    for (const [i, value] of before.positions.entries())
      if (!Number.isNaN(value)) assert.ok(Math.abs(value - (after[i] ?? 0)) < 0.0001);
  });

  it('is made anew once a quarter more has come', async () => {
    await fill(0, 40);
    const first = open();
    await first.load();
    await first.place(ignore);
    await fill(40, 40);
    const map = open();
    const before = await map.load();
    const after = await map.place(ignore);
    assert.equal(placed(after), 80);
    assert.ok(
      before.positions.some((value, i) => !Number.isNaN(value) && Math.abs(value - (after[i] ?? 0)) > 0.01),
    );
  });

  it('leaves out what has no vector yet, and is not asked for it again and again', async () => {
    await fill(0, 30);
    await test.store.store({ content: 'still waiting' });
    const map = open();
    await map.load();
    assert.equal(placed(await map.place(ignore)), 30);
    assert.equal(placed(await map.place(() => assert.fail('it computed'))), 30);
  });

  it('of memories without any vector is empty, and no file is written', async () => {
    await test.store.storeMany(memories(0, 3));
    const map = open();
    await map.load();
    assert.equal(placed(await map.place(ignore)), 0);
    assert.equal(existsSync(file()), false);
  });

  it('forgets the places that another model gave', async () => {
    await fill(0, 30);
    const first = open();
    await first.load();
    await first.place(ignore);
    const other = new Proxy(test.store, {
      get: (target, name) => {
        if (name !== 'stats') return (Reflect.get(target, name) as () => unknown).bind(target);
        return async () => {
          const stats = await target.stats();
          return { ...stats, embedding: { ...stats.embedding, space: 'another model' } };
        };
      },
    });
    assert.equal(placed((await open(other).load()).positions), 0);
  });

  it('ends at once when it is cancelled', async () => {
    await fill(0, 60);
    const map = open();
    await map.load();
    const controller = new AbortController();
    const placing = map.place(() => controller.abort(), { signal: controller.signal });
    await assert.rejects(placing, { name: 'AbortError' });
    assert.equal(existsSync(file()), false);
  });
});
