import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { WorkerStore } from '../../src/local/workerStore.ts';
import type { EffectiveMode } from '../../src/memory/memory.ts';
import { describeMode } from '../../src/vscode/effectiveMode.ts';
import { ErrorReporter } from '../../src/vscode/errors.ts';
import type { Services } from '../../src/vscode/services.ts';
import { StatusBar } from '../../src/vscode/statusBar.ts';
import { StoreStats } from '../../src/vscode/storeStats.ts';
import { answerMessages, eventually, servicesWith } from './access.ts';

/** A thread on a Node that lacks a module of its own, as one before 22.5 lacks node:sqlite. */
const WITHOUT_SQLITE = `import(['node', 'none'].join(':'));`;

describe('the status bar item', () => {
  let folder: string;
  const open: { dispose(): void }[] = [];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'edge-memory-status-'));
  });
  afterEach(() => open.splice(0).forEach((each) => each.dispose()));
  after(() => rm(folder, { recursive: true, force: true }));

  /** The item as it is for these services. */
  const itemOf = async (services: Services): Promise<vscode.StatusBarItem> => {
    let item: vscode.StatusBarItem | undefined;
    const { createStatusBarItem } = vscode.window;
    const recording = (...args: Parameters<typeof createStatusBarItem>) =>
      (item = createStatusBarItem(...args));
    Object.assign(vscode.window, { createStatusBarItem: recording });
    const stats = new StoreStats(services);
    let bar: StatusBar;
    try {
      bar = new StatusBar(services, stats);
    } finally {
      Object.assign(vscode.window, { createStatusBarItem });
    }
    open.push(bar, stats);
    await stats.read();
    assert.ok(item);
    return item;
  };
  const tooltipOf = ({ tooltip }: vscode.StatusBarItem): string =>
    tooltip instanceof vscode.MarkdownString
      ? tooltip.value.replace(/\\(?=[^\w\s])/g, '').replaceAll('&nbsp;', ' ')
      : String(tooltip);

  const withMode = async (mode: EffectiveMode, connected = false): Promise<Services> => {
    const services = await servicesWith({});
    const stats = async () => ({ ...(await services.store.stats()), live: 3, mode });
    const target = { accountName: 'Acme', database: { id: 'd', name: 'db' } };
    const connection = connected ? { target } : { target: undefined };
    return { ...(await servicesWith({ stats })), connection } as unknown as Services;
  };

  for (const [mode, local, cloud] of [
    [{ keyword: 'full-text', meaning: 'basic local meaning' }, 'hybrid', 'cloud, hybrid'],
    [{ keyword: 'full-text', meaning: undefined }, 'keyword only', 'cloud, keyword only'],
    [{ keyword: 'plain-scan', meaning: 'm' }, 'whole words + meaning', 'cloud, whole words + meaning'],
    [{ keyword: 'plain-scan', meaning: undefined }, 'whole words only', 'cloud, whole words only'],
    [{ keyword: 'off', meaning: 'm' }, 'meaning only', 'cloud, meaning only'],
  ] as const)
    it(`says “${local}” where that is how memories are found, here and in Cloudflare`, async () => {
      assert.equal((await itemOf(await withMode(mode))).text, `$(archive) 3 · ${local}`);
      const item = await itemOf(await withMode(mode, true));
      assert.equal(item.text, `$(cloud) 3 · ${cloud}`);
      assert.match(item.accessibilityInformation?.label ?? '', new RegExp(cloud.replace('+', '\\+')));
    });

  /** The embedded store of the running extension, in a file of its own and on another runtime. */
  const storeOn = async (storeWorker: URL, fullText = true): Promise<WorkerStore> => {
    const { context } = await servicesWith({});
    const inDist = (name: string) => context.asAbsolutePath(`dist/${name}`);
    const store = new WorkerStore({
      storeWorker,
      embedderWorker: pathToFileURL(inDist('embedderWorker.js')),
      weightsDirectory: inDist('use-lite'),
      database: path.join(folder, `${fullText ? 'with' : 'without'}.db`),
      fullText,
    });
    open.push({ dispose: () => void store.close() });
    return store;
  };

  it('shows that words are found whole only where this SQLite has no FTS5, and so does the line of a search', async () => {
    const { context } = await servicesWith({});
    const store = await storeOn(pathToFileURL(context.asAbsolutePath('dist/storeWorker.js')), false);
    await store.store({ content: 'deploys go out on Tuesdays' });
    await eventually(async () => assert.equal((await store.stats()).embedding.pending, 0));
    const item = await itemOf(await servicesWith({ stats: () => store.stats() }));
    assert.match(item.text, /1 · whole words \+ meaning$/);
    assert.match(tooltipOf(item), /Search: whole words \+ /);
    const { hits, mode } = await store.search({ query: 'tuesdays' });
    assert.equal(hits.length, 1);
    assert.match(describeMode(mode), /^whole words \+ /);
  });

  it('says what is missing where there is no node:sqlite, in a message too, and never shows an empty memory', async () => {
    const script = path.join(folder, 'withoutSqlite.mjs');
    await writeFile(script, WITHOUT_SQLITE);
    const store = await storeOn(pathToFileURL(script));
    const messages = answerMessages('showErrorMessage');
    try {
      const services = await servicesWith({ stats: () => store.stats() });
      // The bundle of the tests knows its own errors.
      const item = await itemOf({ ...services, errors: new ErrorReporter(services.log) });
      assert.match(item.text, /^\$\(warning\) Edge Memory$/);
      const missing = /This editor runs Node [\d.]+, which has no node:sqlite\. Update the editor/;
      assert.match(tooltipOf(item), missing);
      assert.match(item.accessibilityInformation?.label ?? '', missing);
      assert.match(messages.texts.join(), missing);
    } finally {
      messages.restore();
    }
  });
});
