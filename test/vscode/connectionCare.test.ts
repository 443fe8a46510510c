import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import * as vscode from 'vscode';
import type { Rebuilt } from '../../src/cloudflare/rebuildIndex.ts';
import type { CloudTarget } from '../../src/local/storeConfig.ts';
import type { VerifyReport } from '../../src/memory/memory.ts';
import { announceExpiry } from '../../src/vscode/connect/announceExpiry.ts';
import { createClient } from '../../src/vscode/connect/client.ts';
import type { EmulatorProcess } from '../harness/emulatorProcess.ts';
import { eventually, memoryOf, run, services, stored } from './access.ts';
import { answering } from './answering.ts';
import { useEmulator } from './connecting.ts';
import { filesWith } from './filesWith.ts';

describe('looking after a connection to Cloudflare', () => {
  let emulator: EmulatorProcess;
  let messages: ReturnType<typeof answering>;

  const connect = (more: object): Thenable<CloudTarget | undefined> =>
    run('connect', { token: emulator.token, place: {}, ...more });

  useEmulator((started) => (emulator = started));
  beforeEach(() => {
    messages = answering({ 'Keep your memories in': 'Connect', Disconnect: 'Disconnect' });
  });
  afterEach(() => messages.restore());

  it('offers databases that hold memories by their tables, whatever they are called', async () => {
    for (const name of ['shop', 'notes']) await emulator.api('d1/database', { name });
    await emulator.rows('shop', 'CREATE TABLE orders (id INTEGER)');
    await emulator.rows(
      'notes',
      'CREATE TABLE memories (id INTEGER PRIMARY KEY, content_hash TEXT, content TEXT, vector_id TEXT)',
    );
    const showQuickPick = vscode.window.showQuickPick;
    const offered: string[] = [];
    try {
      Object.assign(vscode.window, {
        showQuickPick: (items: readonly vscode.QuickPickItem[]) => {
          offered.push(...items.map(({ label }) => label));
          return Promise.resolve(undefined);
        },
      });
      assert.equal(await connect({}), undefined);
    } finally {
      Object.assign(vscode.window, { showQuickPick });
    }
    assert.deepEqual(offered, [
      '$(database) notes',
      '$(add) Create mcp-memory-db',
      '$(list-unordered) Choose other resources…',
    ]);
  });

  it('keeps large memories within the jurisdiction of a database that was made with one', async () => {
    await emulator.api('d1/database', { name: 'european', jurisdiction: 'eu' });
    const target = await connect({ database: 'european', index: 'european', bucket: 'european' });
    assert.deepEqual([target?.bucket, target?.jurisdiction], ['european', 'eu']);
    const { buckets } = await emulator.api<{ buckets: { name: string }[] }>('r2/buckets');
    assert.ok(!buckets.some(({ name }) => name === 'european'), 'it would lie outside');
    const large = 'x'.repeat(1_100_000);
    const { contentHash } = await stored({ content: large });
    assert.equal((await memoryOf(contentHash)).content, large);
    assert.equal(await run('disconnect'), true);
  });

  it('repairs what it finds, and says that it did', async () => {
    await connect({ database: 'mended', index: 'mended', bucket: null });
    const { contentHash: hash } = await stored({ content: 'Herons nest in May', tags: ['deploy'] });
    const spoil = async (sql: string): Promise<unknown> => emulator.rows('mended', sql);
    // Longer ago than what Vectorize may not show yet.
    await spoil(`UPDATE memories SET tags = 'wrong', updated_at = 1`);
    await spoil(`DELETE FROM em_vectors WHERE content_hash = '${hash}'`);
    await emulator.api(`vectorize/v2/indexes/mended/delete_by_ids`, { ids: [hash] });
    messages.restore();
    messages = answering({ Disconnect: 'Disconnect', '': 'Repair' });
    assert.deepEqual((await run<VerifyReport>('verify')).problems, []);
    const [question, done] = messages.seen;
    assert.match(question?.detail ?? '', /1 × a memory without its vector/);
    assert.match(question?.detail ?? '', /1 × tags written differently/);
    assert.equal(done?.text, 'Everything is mended.');
    const { hits } = await (await services()).store.search({ query: 'when do herons nest', mode: 'meaning' });
    assert.equal(hits[0]?.memory.content, 'Herons nest in May');
    const [row] = await emulator.rows('mended', 'SELECT tags FROM memories');
    assert.match(String(row?.['tags']), /^deploy/);
    await run('disconnect');
  });

  it('gives a new database an index and a bucket of its own, and finds again what it was connected with', async () => {
    const target = await connect({ database: 'Beside them' });
    assert.deepEqual([target?.index, target?.bucket], ['beside-them-index', 'beside-them-content']);
    await run('disconnect');
    const again = await connect({ database: 'Beside them' });
    assert.deepEqual([again?.index, again?.bucket], [target?.index, target?.bucket]);
    await run('disconnect');
    messages.restore();
    messages = answering({});
    await connect({ database: 'another', index: 'mended', bucket: null });
    assert.match(messages.seen[0]?.detail ?? '', /index mended holds vectors of other memories \(1\)/);
  });

  it('opens the memories anew where their index was rebuilt on another machine', async () => {
    await connect({ database: 'elsewhere', index: 'elsewhere', bucket: null });
    const { store } = await services();
    const before = await store.active();
    const config = { dimensions: 768, metric: 'cosine' };
    await emulator.api('vectorize/v2/indexes', { name: 'elsewhere-v2', config });
    await emulator.rows(
      'elsewhere',
      `INSERT INTO em_meta (key, value) VALUES ('vector_index', 'elsewhere-v2')`,
    );
    await stored({ content: 'Herons nest in May' });
    await eventually(async () => assert.notEqual(await store.active(), before));
    assert.equal((await store.stats()).embedding.pending, 1);
    const { contentHash } = await stored({ content: 'Otters swim in June' });
    const { vectors } = await emulator.api<{ vectors: { id: string }[] }>(
      'vectorize/v2/indexes/elsewhere-v2/list',
    );
    assert.deepEqual(vectors, [{ id: contentHash }]);
    await run('disconnect');
  });

  it('repairs as far as the free plan has room, and lists the others as over its limit', async function () {
    this.timeout(60_000);
    const names = { database: 'full', index: 'full', bucket: null };
    await connect(names);
    await stored({ content: 'has its vector' });
    await stored({ content: 'waits for it' });
    // Another 6,508 memories fill the five million dimensions of the plan, less one vector.
    const ids = Array.from({ length: 6508 }, (_, i) => `filler-${i}`);
    for (let at = 0; at < ids.length; at += 1000)
      await emulator.upsert(
        'full',
        ids.slice(at, at + 1000).map((id) => ({ id, values: [1, ...Array<number>(767).fill(0)] })),
      );
    const filler = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 6507)`;
    await emulator.rows(
      'full',
      `INSERT INTO memories (content_hash, vector_id, content, created_at, created_at_iso, updated_at, tags)
        ${filler} SELECT 'filler-' || i, 'filler-' || i, 'filler ' || i, 1, '', 1, '' FROM n`,
    );
    await emulator.rows(
      'full',
      `INSERT INTO em_vectors ${filler} SELECT 'filler-' || i, '@cf/baai/bge-base-en-v1.5:mean', 1, '', '', 0 FROM n`,
    );
    const waits = `INSERT INTO em_embed_queue SELECT content_hash, 12 FROM memories WHERE content = 'waits for it'`;
    await emulator.rows('full', waits);
    await emulator.rows(
      'full',
      `INSERT INTO em_embed_queue SELECT content_hash, 14 FROM memories WHERE content = 'has its vector'`,
    );
    const { connection, store } = await services();
    connection.reopen();
    messages.restore();
    messages = answering({ Disconnect: 'Disconnect', '': 'Repair' });
    assert.deepEqual((await run<VerifyReport>('verify')).problems, []);
    assert.match(messages.seen[0]?.detail ?? '', /2 × a memory that waits for its vector/);
    assert.ok(
      messages.seen.some(({ text }) => text.startsWith('2 memories have no vector, because the free plan')),
      JSON.stringify(messages.seen),
    );
    assert.equal((await store.stats()).embedding.pending, 2);
    await run('disconnect');
  });

  it('announces a week ahead that the token ends, once a day', async () => {
    const { settings, log, connection } = await services();
    const kept = new Map<string, unknown>();
    let looked = 0;
    const state = {
      keys: () => [...kept.keys()],
      get: (key: string, fallback?: unknown) => kept.get(key) ?? fallback,
      update: (key: string, value: unknown) => {
        looked++;
        kept.set(key, value);
        return Promise.resolve();
      },
    } as vscode.Memento;
    const client = createClient({ settings, log, token: () => emulator.expiringToken });
    const target = { account: emulator.accountId } as CloudTarget;
    const over = new AbortController();
    let now = Date.now();
    assert.equal(connection.target, undefined);
    const announced = (): number =>
      messages.seen.filter(({ text }) => /token .* expires on/.test(text)).length;
    announceExpiry(client, { target, state, log, signal: over.signal }, { now: () => now, every: 10 });
    await eventually(() => assert.equal(announced(), 1));
    now += 86_400_000;
    await eventually(() => assert.equal(announced(), 2));
    over.abort();
    assert.equal(looked, 2, 'no more often than once a day');
  });

  it('sends the key of an embedding server there and nowhere else, and keeps it in no file', async () => {
    const key = `key-of-a-gateway-${randomUUID()}`;
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      void json(request).then((body) => {
        const { input } = body as { readonly input: readonly string[] };
        const data = input.map((text, index) => ({
          index,
          embedding: Array.from({ length: 32 }, (_, i) => Math.cos(i * text.length)),
        }));
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const configuration = vscode.workspace.getConfiguration('edgeMemory.cloudflare');
    const showInputBox = vscode.window.showInputBox;
    try {
      await connect({ database: 'gateway', index: 'gateway', bucket: null });
      await stored({ content: 'embedded by a gateway' });
      Object.assign(vscode.window, { showInputBox: () => Promise.resolve(key) });
      assert.equal(await run('setEmbeddingKey'), true);
      const { port } = server.address() as AddressInfo;
      await configuration.update('embeddingModel', 'tiny', vscode.ConfigurationTarget.Global);
      const endpoint = `http://127.0.0.1:${port}/v1`;
      await configuration.update('embeddingEndpoint', endpoint, vscode.ConfigurationTarget.Global);
      messages.restore();
      messages = answering({ 'Rebuild the index of': 'Rebuild', Disconnect: 'Disconnect' });
      const done = await run<Rebuilt>('rebuildIndex');
      assert.equal(done.embedded, 1);
      const { store, log } = await services();
      const { hits, mode } = await store.search({ query: 'embedded by a gateway', mode: 'meaning' });
      assert.equal(hits[0]?.memory.content, 'embedded by a gateway');
      assert.match(mode.meaning ?? '', /tiny/);
      assert.ok(asked.length > 0);
      assert.deepEqual([...new Set(asked)], [`Bearer ${key}`]);
      log.info('The last line before the files are searched for a key.');
      const found = await filesWith(path.dirname(homedir()), key);
      assert.deepEqual(
        found.filter((name) => !name.startsWith('browser')),
        [],
      );
    } finally {
      Object.assign(vscode.window, { showInputBox: () => Promise.resolve('') });
      await run('setEmbeddingKey');
      Object.assign(vscode.window, { showInputBox });
      await run('disconnect');
      await configuration.update('embeddingModel', undefined, vscode.ConfigurationTarget.Global);
      await configuration.update('embeddingEndpoint', undefined, vscode.ConfigurationTarget.Global);
      server.close();
    }
  });
});
