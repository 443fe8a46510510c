import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { AgentLog } from '../../src/local/agentLog.ts';
import type { MapEvent } from '../../src/local/map/mapThread.ts';
import type { AgentAct } from '../../src/memory/agentActs.ts';
import type { OverviewMethods } from '../../src/shared/overviewProtocol.ts';
import { MemoryMap } from '../../src/vscode/overview/memoryMap.ts';
import { overviewHandlers } from '../../src/vscode/overview/overviewHandlers.ts';
import type { Handlers } from '../../src/vscode/webviews/webviewCalls.ts';
import { emptyStore, eventually, run, services } from './access.ts';

const { signal } = new AbortController();

const overviewTabs = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith('edgeMemory.overview'),
    );

describe('the overview', () => {
  let handlers: Handlers<OverviewMethods>;
  let map: MemoryMap;
  let file: string;
  const events: MapEvent[] = [];

  before(async () => {
    const running = await services();
    file = path.join(running.settings.dataFolder, 'test.map.json');
    map = new MemoryMap({
      store: running.store,
      file: () => file,
      worker: pathToFileURL(running.context.asAbsolutePath('dist/mapWorker.js')),
    });
    handlers = overviewHandlers(running, map, (event) => events.push(event));
  });
  beforeEach(emptyStore);
  after(() => {
    map.dispose();
    rmSync(file, { force: true });
  });

  it('draws the numbers of the store, with names that are safe to show', async () => {
    const { store } = await services();
    await store.storeMany([
      { content: 'one', tags: ['red', '$(flame)\u202e'], memoryType: 'note', project: 'alpha' },
      { content: 'two', tags: ['red'], source: { client: 'Claude Code 2.1' } },
    ]);
    const data = await handlers.overview({ utcOffset: 0 }, signal);
    assert.deepEqual([data.live, data.tagCount, data.projectCount], [2, 2, 1]);
    assert.deepEqual(data.tags[0], { name: 'red', label: 'red', count: 2 });
    assert.ok(data.tags.every(({ label }) => !label.includes('\u202e')));
    assert.deepEqual(
      data.clients.map(({ label, count, recent }) => [label, count, recent]),
      [['Claude Code 2.1', 1, 1]],
    );
    assert.equal(data.place.kind, 'local');
    assert.ok(
      data.latencies.some(({ call, median }) => call === 'overview' || (call === 'storeMany' && median > 0)),
    );
    assert.equal(await handlers.limits(null, signal), undefined);
  });

  it('counts what agents did to memories, without what was undone', async () => {
    const { settings } = await services();
    const log = new AgentLog(settings.dataFolder);
    const before = (await handlers.overview({ utcOffset: 0 }, signal)).agents;
    const act = (client: string, kind: AgentAct['kind'], hashes: readonly string[]): AgentAct => {
      return { id: randomUUID(), at: Date.now() / 1000, client, kind, hashes, undo: [] };
    };
    const wrong = act('Overview Agent', 'deleted', ['d', 'e']);
    for (const each of [
      act('Overview Agent', 'stored', ['a', 'b', 'c']),
      act('Overview Agent', 'updated', ['a']),
      act('Overview Agent', 'linked', ['a', 'b']),
      act('Overview Agent', 'deleted', ['c']),
      wrong,
      act('Other\u202e Agent', 'deleted', ['x']),
    ])
      await log.add(each);
    await log.markUndone(wrong);
    const { agents } = await handlers.overview({ utcOffset: 0 }, signal);
    assert.ok(typeof agents !== 'string' && typeof before !== 'string');
    assert.equal(agents.length, before.length + 2);
    const counted = (label: string) => agents.find((agent) => agent.label === label);
    assert.deepEqual(counted('Overview Agent'), {
      label: 'Overview Agent',
      stored: 3,
      changed: 1,
      deleted: 1,
    });
    assert.ok(agents.every(({ label }) => !label.includes('\u202e')));
    assert.deepEqual(
      agents.map(({ stored, changed, deleted }) => stored + changed + deleted),
      agents.map(({ stored, changed, deleted }) => stored + changed + deleted).toSorted((a, b) => b - a),
    );
  });

  it('places memories in a thread, and keeps their places', async () => {
    const { store } = await services();
    await store.storeMany(
      Array.from({ length: 30 }, (_, i) => ({
        content: `The ${i % 2 ? 'database' : 'garden'} needs care, ${i}`,
      })),
    );
    await store.embedPending();
    const before = await handlers.map(null, signal);
    assert.deepEqual([before.hashes.length, before.unplaced, before.total], [30, 30, 30]);
    const { positions, withoutVector } = await handlers.place(null, signal);
    assert.equal(withoutVector, 0);
    assert.equal(positions.length, 60);
    assert.ok(events.some(({ kind }) => kind === 'quick'));
    assert.equal((await handlers.map(null, signal)).unplaced, 0);
  });

  it('previews memories as one line of text', async () => {
    const { store } = await services();
    const { contentHash } = await store.store({
      content: `first\n\n<b>second</b> [x](command:y) ${'z'.repeat(5000)}`,
    });
    const [preview, ...others] = await handlers.previews([contentHash, 'no such memory'], signal);
    assert.deepEqual(others, []);
    assert.match((preview?.text ?? '').replaceAll('\u200b', ''), /^first <b>second<\/b>/u);
    assert.ok((preview?.text.length ?? 999) <= 250);
  });

  it('keeps what was looked at', async () => {
    const sight = { grouping: 'types', x: 0.5, y: 0, zoom: 2 } as const;
    await handlers.keep(sight, signal);
    assert.deepEqual((await handlers.map(null, signal)).sight, sight);
  });

  it('opens in one tab, however often it is asked for', async () => {
    await run('openOverview');
    await eventually(() => assert.equal(overviewTabs().length, 1));
    await run('openOverview');
    assert.equal(overviewTabs().length, 1);
    await vscode.window.tabGroups.close(overviewTabs());
    await eventually(() => assert.equal(overviewTabs().length, 0));
  });
});
