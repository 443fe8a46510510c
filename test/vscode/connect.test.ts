import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { USUAL_NAMES } from '../../src/cloudflare/provision.ts';
import type { Rebuilt } from '../../src/cloudflare/rebuildIndex.ts';
import { AgentLog } from '../../src/local/agentLog.ts';
import type { Memory, StoreResult, VerifyReport } from '../../src/memory/memory.ts';
import type { CloudTarget } from '../../src/local/storeConfig.ts';
import type { Health } from '../../src/vscode/connect/healthInWords.ts';
import { serverDefinition } from '../../src/vscode/mcp/serverDefinition.ts';
import { MemoryTree } from '../../src/vscode/explorer/memoryTree.ts';
import { nodeOf } from '../../src/vscode/explorer/reveal.ts';
import { TreeOptions } from '../../src/vscode/explorer/treeOptions.ts';
import { dataFolder, useEmulator } from './connecting.ts';
import { eventually, memoryOf, run, services, stored } from './access.ts';
import { answering } from './answering.ts';
import { tellsOfCloudflare } from './connectedDiagnostics.ts';
import { filesWith } from './filesWith.ts';
import type { EmulatorProcess } from '../harness/emulatorProcess.ts';

describe('connecting to Cloudflare', () => {
  let emulator: EmulatorProcess;
  let messages: ReturnType<typeof answering>;

  const connect = (more: object = {}): Thenable<CloudTarget | undefined> =>
    run('connect', { token: emulator.token, database: USUAL_NAMES.database, place: {}, ...more });
  const cloudRows = async (): Promise<readonly Record<string, unknown>[]> =>
    emulator.rows(
      USUAL_NAMES.database,
      'SELECT content FROM memories WHERE deleted_at IS NULL ORDER BY content',
    );

  useEmulator((started) => (emulator = started));
  beforeEach(() => {
    messages = answering({ 'Keep your memories in': 'Connect', Disconnect: 'Disconnect', Delete: 'Delete' });
  });
  afterEach(() => messages.restore());

  it('changes nothing at Cloudflare before the screen that says what leaves the machine is answered', async () => {
    messages.restore();
    messages = answering({});
    assert.equal(await connect(), undefined);
    const [screen] = messages.seen;
    assert.match(screen?.text ?? '', /Keep your memories in the Cloudflare account “Emulated Account”\?/);
    assert.match(screen?.detail ?? '', /leaves your machine/);
    assert.match(
      screen?.detail ?? '',
      /To be created: the D1 database mcp-memory-db, the Vectorize index mcp-memory-index, the R2 bucket/,
    );
    assert.deepEqual(await emulator.api('d1/database'), []);
  });

  it('hands on the commands that create what the token may not', async () => {
    messages.restore();
    messages = answering({ 'Keep your memories in': 'Connect', 'Not connected': 'Copy Commands' });
    assert.equal(await connect({ token: emulator.readOnlyToken }), undefined);
    assert.match(
      messages.seen.at(-1)?.text ?? '',
      /may not create\. The API token lacks the permission “D1 Edit”/,
    );
    await eventually(async () =>
      assert.deepEqual((await vscode.env.clipboard.readText()).split('\n'), [
        'npx wrangler d1 create mcp-memory-db',
        'npx wrangler vectorize create mcp-memory-index --dimensions=768 --metric=cosine',
        'npx wrangler r2 bucket create mcp-memory-content',
        '',
      ]),
    );
    assert.deepEqual(await emulator.api('d1/database'), []);
  });

  it('refuses a token that Cloudflare does not know, and stays where it was', async () => {
    assert.equal(await connect({ token: 'cfut_0000000000000000000000000000000000000000' }), undefined);
    assert.match(messages.seen.map(({ text }) => text).join(), /does not know this API token/);
    await stored({ content: 'still here' });
    assert.equal((await (await services()).store.stats()).live, 1);
  });

  it('makes the resources, keeps the ids in config.json, and copies what may leave', async () => {
    await stored({ content: 'may leave', tags: ['deploy'], pinned: true });
    await stored({ content: 'stays', localOnly: true });
    messages.restore();
    messages = answering({ 'Keep your memories in': 'Connect', 'Copy 2 memories': 'Copy' });
    const target = await connect();
    assert.equal(target?.accountName, 'Emulated Account');
    const config = JSON.parse(await readFile(path.join(dataFolder, 'config.json'), 'utf8')) as {
      active: CloudTarget;
    };
    assert.deepEqual(config.active, target);
    const question = messages.seen.find(({ text }) => text.startsWith('Copy 2 memories'));
    assert.match(question?.detail ?? '', /100,000 written rows a day and holds 6,510 vectors.*about 46 rows/);
    assert.equal(target.index, USUAL_NAMES.index);
    assert.deepEqual(await cloudRows(), [{ content: 'may leave' }, { content: 'still here' }]);
    const { items } = await (await services()).store.list({});
    const copied = items.find(({ content }) => content === 'may leave');
    assert.deepEqual([copied?.pinned, copied?.tags.includes('deploy')], [true, true]);
  });

  it('stores, finds and deletes at Cloudflare', async () => {
    const { contentHash } = await stored({ content: 'Deploys go out on Tuesdays' });
    const { store } = await services();
    const { hits } = await store.search({ query: 'when are deploys' });
    assert.equal(hits[0]?.memory.content, 'Deploys go out on Tuesdays');
    assert.equal((await cloudRows()).length, 3);
    assert.equal((await store.embedded.get([contentHash])).length, 0);
    await run('deleteMemory', contentHash);
    await eventually(async () => assert.equal((await cloudRows()).length, 2));
  });

  it('never sends what stays on this machine', async () => {
    const kept = await run<StoreResult>('storeMemory', { content: 'our secret plan', localOnly: true });
    const { store } = await services();
    await store.update(kept.contentHash, { addTags: ['secret-tag'] });
    const memory = await memoryOf(kept.contentHash);
    assert.deepEqual([memory.localOnly, memory.tags.includes('secret-tag')], [true, true]);
    await store.keepProjectLocal('hush', true);
    await store.store({ content: 'of a hushed project', tags: ['proj:Hush'] });
    assert.equal((await cloudRows()).length, 2);
    const tags = await emulator.rows(USUAL_NAMES.database, 'SELECT name FROM tags');
    assert.ok(!JSON.stringify(tags).includes('secret-tag'));
    const found = await store.search({ query: 'secret plan' });
    assert.equal(found.hits[0]?.memory.content, 'our secret plan');
    const tree = new MemoryTree(await services(), new TreeOptions((await services()).context));
    const section = (await tree.getChildren()).find(({ id }) => id === 'stays');
    assert.ok(section);
    const { label, description } = tree.getTreeItem(section);
    assert.deepEqual([label, description], ['On This Machine', '3']);
    const rows = (await tree.getChildren(section)).map(({ id }) => id);
    assert.equal(rows.length, 3);
    assert.ok(rows.includes((await nodeOf(await services(), tree, memory)).id));
    tree.dispose();
    const [uploaded] = (await store.list({})).items;
    await assert.rejects(
      store.update(uploaded?.contentHash ?? '', { localOnly: true }),
      /lies in your Cloudflare/,
    );
    await store.keepProjectLocal('hush', false);
  });

  it('says what of a project has left, where it is kept on this machine from now on', async () => {
    const { store } = await services();
    const { contentHash } = await store.store({ content: 'left before', project: 'late' });
    messages.restore();
    messages = answering({});
    await run('keepProjectLocal', 'late');
    assert.match(
      messages.seen.map(({ text }) => text).join(),
      /in your Cloudflare account from before \(1\)/,
    );
    await run('endKeepProjectLocal', 'late');
    await store.delete([contentHash]);
  });

  it('is a step of the walkthrough that is done', async () => {
    const { globalState } = (await services()).context;
    const reached = (): string[] => globalState.get<string[]>('firstMinutes.reached', []);
    await eventually(() => assert.ok(reached().includes('connected')));
  });

  it('tells the health of every part', async () => {
    const health = await run<readonly Health[]>('health');
    assert.deepEqual(
      health.map(({ part, state }) => [part, state]),
      ['Token', 'D1', 'Vectorize', 'R2', 'Workers AI'].map((part) => [part, 'healthy']),
    );
    const details = health.map(({ detail }) => detail).join('\n');
    assert.match(details, /: 2 memories, 0 wait for their vector, [\d.]+ MB; the free plan holds 500 MB\n/);
    assert.match(details, /vectors of 768; the free plan holds 6,510\n.*: 0 large contents\n/);
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });

  it('tells how much of the plan is used', async () => {
    const running = await services();
    const { target } = running.connection;
    assert.ok(target);
    const { limitsOf } = await import('../../src/vscode/overview/limits.ts');
    const used = async () => limitsOf(running, target, new AbortController().signal);
    const { note, limits } = await used();
    assert.match(note, /^Used of Cloudflare’s free plan\./);
    assert.deepEqual(
      limits.map(({ label, of, unit, daily }) => [label, of, unit, daily]),
      [
        ['Database', 500e6, 'bytes', false],
        ['Vectors', 6510, 'count', false],
        ['Rows written', 100_000, 'count', true],
        ['Rows read', 5_000_000, 'count', true],
        ['Neurons', 10_000, 'count', true],
      ],
    );
    for (const { label, used: some } of limits) assert.ok(some > 0, label);
    const settings = vscode.workspace.getConfiguration('edgeMemory');
    await settings.update('cloudflare.plan', 'paid', vscode.ConfigurationTarget.Global);
    try {
      const paid = await used();
      assert.match(paid.note, /^Used in Cloudflare’s paid plan\./);
      assert.ok(paid.limits.every(({ of }) => of === undefined));
    } finally {
      await settings.update('cloudflare.plan', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('tells in the diagnostics that Cloudflare is used, and how its parts are, but not whose account it is', async () => {
    await tellsOfCloudflare(emulator);
  });

  it('verifies the records', async () => {
    const { checked } = await run<VerifyReport>('verify');
    assert.ok(checked >= 2);
  });

  it('keeps the token in SecretStorage and in no file', async () => {
    (await services()).log.info('The last line before the files are searched.');
    const { target, tokens } = (await services()).connection;
    assert.equal(await tokens.get(target?.account ?? ''), emulator.token);
    const profile = path.dirname(homedir());
    // The search itself must be able to find: the ids are there.
    assert.notDeepEqual(await filesWith(profile, emulator.accountId), []);
    const found = await filesWith(profile, emulator.token);
    assert.deepEqual(
      found.filter((name) => !name.startsWith('browser')),
      [],
    );
  });

  it('takes another token only when it opens the database', async () => {
    assert.equal(
      await run('changeToken', { token: 'cfut_1111111111111111111111111111111111111111' }),
      undefined,
    );
    assert.equal(await run('changeToken', { token: emulator.token }), true);
    assert.equal((await (await services()).store.stats()).live, 2);
  });

  it('asks for a token where the one it has is gone, and never shows another store instead', async () => {
    const { connection, store } = await services();
    const { account = '' } = connection.target ?? {};
    await connection.tokens.delete(account);
    await eventually(() => assert.rejects(store.stats(), /no API token/));
    await connection.tokens.set(account, emulator.token);
    await eventually(async () => assert.equal((await store.stats()).live, 2));
  });

  it('uses the token of its environment where it keeps none, for the account that is named beside it', async () => {
    const { connection, store } = await services();
    const { account = '' } = connection.target ?? {};
    await connection.tokens.delete(account);
    try {
      Object.assign(process.env, {
        CLOUDFLARE_API_TOKEN: emulator.token,
        CLOUDFLARE_ACCOUNT_ID: 'f'.repeat(32),
      });
      connection.reopen();
      await assert.rejects(store.stats(), /no API token/);
      process.env['CLOUDFLARE_ACCOUNT_ID'] = account;
      connection.reopen();
      assert.equal((await store.stats()).live, 2);
    } finally {
      delete process.env['CLOUDFLARE_API_TOKEN'];
      delete process.env['CLOUDFLARE_ACCOUNT_ID'];
    }
    await connection.tokens.set(account, emulator.token);
    await eventually(async () => assert.equal((await store.stats()).live, 2));
  });

  it('keeps a change until there is another token, and asks for one', async () => {
    const { connection, store } = await services();
    const { account = '' } = connection.target ?? {};
    await connection.tokens.set(account, 'cfut_2222222222222222222222222222222222222222');
    await eventually(() => assert.rejects(store.stats(), /did not accept the API token/));
    const storing = store.store({ content: 'written while the token was refused' });
    await eventually(() =>
      assert.ok(messages.seen.some(({ text }) => text.includes('did not accept the API token'))),
    );
    assert.equal((await cloudRows()).length, 2);
    await connection.tokens.set(account, emulator.token);
    const { contentHash } = await storing;
    assert.equal((await cloudRows()).length, 3);
    await store.delete([contentHash]);
  });

  it('follows another program that switches the store', async () => {
    const { store } = await services();
    const file = path.join(dataFolder, 'config.json');
    const connected = await readFile(file, 'utf8');
    // VS Code starts the server of its agents anew when the version changes.
    const versionForAgents = async () => (await serverDefinition(await services())).version;
    const version = await versionForAgents();
    await writeFile(file, '{"active":"local"}');
    await eventually(async () => assert.equal(await store.active(), store.embedded), 10_000);
    assert.notEqual(await versionForAgents(), version);
    await writeFile(file, connected);
    await eventually(async () => assert.notEqual(await store.active(), store.embedded), 10_000);
    assert.equal(await versionForAgents(), version);
  });

  it('tells at once what an agent of another process stored at Cloudflare', async () => {
    const { store, events } = await services();
    const nextChange = () =>
      new Promise<void>((resolve) => {
        const subscription = events.onDidChange(() => {
          subscription.dispose();
          resolve();
        });
      });
    const ownChange = nextChange();
    const { contentHash } = await store.store({ content: 'stored by another process' });
    await ownChange;
    const heard = nextChange();
    const undo = [{ do: 'delete', hashes: [contentHash] }] as const;
    const act = { id: randomUUID(), at: Date.now() / 1000, client: 'Another Agent 1.0', undo };
    await new AgentLog(dataFolder).add({ ...act, kind: 'stored', hashes: [contentHash] });
    await heard;
    if (vscode.window.state.focused)
      await eventually(() =>
        assert.ok(
          messages.seen.some(({ text }) => text === 'Another Agent 1.0 stored “stored by another process”.'),
          JSON.stringify(messages.seen),
        ),
      );
    await store.delete([contentHash]);
  });

  it('rebuilds the index for another model, which every reader then uses', async () => {
    messages.restore();
    messages = answering({ 'Rebuild the index of': 'Rebuild' });
    const done = await run<Rebuilt>('rebuildIndex', { model: '@cf/baai/bge-m3' });
    assert.equal(done.index, `${USUAL_NAMES.index}-v2`);
    assert.match(messages.seen[0]?.detail ?? '', /text of every memory is sent to Workers AI/);
    const { connection, store } = await services();
    assert.deepEqual([connection.target?.model, connection.target?.index], ['@cf/baai/bge-m3', done.index]);
    const { hits, mode } = await store.search({ query: 'may leave', mode: 'meaning' });
    assert.equal(hits[0]?.memory.content, 'may leave');
    assert.match(mode.meaning ?? '', /bge-m3/);
  });

  it('disconnects: the token is gone, and the memories of this machine are shown', async () => {
    const { connection, store } = await services();
    const account = connection.target?.account ?? '';
    assert.equal(await run('disconnect'), true);
    assert.equal(await connection.tokens.get(account), undefined);
    const contents = (await store.list({})).items.map(({ content }: Memory) => content);
    assert.deepEqual(contents.sort(), [
      'may leave',
      'of a hushed project',
      'our secret plan',
      'stays',
      'still here',
    ]);
    assert.equal((await cloudRows()).length, 2);
  });

  it('connects by the variables of a .env file', async () => {
    const [database] = await emulator.api<{ uuid: string }[]>('d1/database');
    const file = path.join(homedir(), 'cloud.env');
    await writeFile(
      file,
      [
        `CLOUDFLARE_API_TOKEN=${emulator.token}`,
        `CLOUDFLARE_ACCOUNT_ID=${emulator.accountId}`,
        `CLOUDFLARE_D1_DATABASE_ID=${database?.uuid ?? ''}`,
        `CLOUDFLARE_VECTORIZE_INDEX=${USUAL_NAMES.index}`,
        'CLOUDFLARE_API_BASE_URL=http://127.0.0.1:9/elsewhere',
        'CLOUDFLARE_MAX_RETRIES=5',
        'CLOUDFLARE_BASE_DELAY=0.5',
        'CLOUDFLARE_LARGE_CONTENT_THRESHOLD=300',
        `CLOUDFLARE_R2_BUCKET=${USUAL_NAMES.bucket}`,
      ].join('\n'),
    );
    const target = await run<CloudTarget>('importEnv', vscode.Uri.file(file));
    assert.equal(target.database.name, USUAL_NAMES.database);
    assert.deepEqual([target.maxRetries, target.baseDelay, target.largeContentBytes], [5, 0.5, 300]);
    const { store } = await services();
    assert.equal((await store.stats()).live, 2);
    const { contentHash } = await store.store({ content: `over the threshold ${'x'.repeat(300)}` });
    const [row] = await emulator.rows(
      USUAL_NAMES.database,
      `SELECT r2_key FROM memories WHERE content_hash = '${contentHash}'`,
    );
    assert.equal(row?.['r2_key'], `content/${contentHash}.txt`);
    await store.delete([contentHash]);
    await store.purge([contentHash]);
  });

  it('removes its tables and leaves the memories as mcp-memory-service knows them', async () => {
    messages.restore();
    messages = answering({ 'Remove Edge Memory': 'Remove and Disconnect' });
    assert.equal(await run('removeTables'), true);
    assert.match(messages.seen[0]?.detail ?? '', /Time Travel bookmark/);
    const tables = await emulator.rows(
      USUAL_NAMES.database,
      `SELECT name FROM sqlite_master WHERE name LIKE 'em\\_%' ESCAPE '\\'`,
    );
    assert.deepEqual(tables, []);
    assert.equal((await cloudRows()).length, 2);
    const { store, connection } = await services();
    assert.equal(connection.target, undefined);
    assert.equal(await store.active(), store.embedded);
  });

  it('shows memories that were never prepared, with a token that may only read', async () => {
    const changed = `UPDATE memories SET vector_id = NULL WHERE content = 'may leave'`;
    await emulator.rows(USUAL_NAMES.database, changed);
    await connect({ token: emulator.readOnlyToken, bucket: null });
    const screen = messages.seen.find(({ text }) => text.startsWith('Keep your memories in'))?.detail ?? '';
    assert.match(screen, /holds 2 memories; .* 1 of them have no vector/);
    assert.match(screen, /Where the token may write, .* With a token that may only read nothing is added/);
    assert.match(messages.seen.at(-1)?.text ?? '', /read-only: the token lacks “D1 Edit”/);
    const { store } = await services();
    const { hits } = await store.search({ query: 'leave', mode: 'keyword' });
    assert.deepEqual(
      hits.map(({ memory }) => memory.content),
      ['may leave'],
    );
    assert.equal((await store.stats()).live, 2);
    await assert.rejects(store.store({ content: 'not to be' }), /may not write/);
    assert.equal(await run('disconnect'), true);
  });

  it('says that config.json makes no sense, and Disconnect writes it anew', async () => {
    const { connection, store } = await services();
    await writeFile(path.join(dataFolder, 'config.json'), '{');
    connection.reopen();
    await assert.rejects(store.stats(), /config\.json does not say which store to use/);
    await run('disconnect');
    assert.ok((await store.stats()).live > 0);
  });
});
