import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { AgentLog } from '../../src/local/agentLog.ts';
import { writeWindowRecord } from '../../src/local/windowRecords.ts';
import { createServer } from '../../src/mcp/createServer.ts';
import { type RelayOrigin, relayOriginOf } from '../../src/mcp/relayHeaders.ts';
import { type SocketHost, startSocketHost } from '../../src/vscode/mcp/socketHost.ts';
import { type CliHome, makeCliHome, requireWeights } from '../unit/cli/runCli.ts';
import { type Answer, answerOf } from '../unit/mcp/mcpClient.ts';
import { useStore } from '../unit/support/testStore.ts';

const script = path.join(import.meta.dirname, '../../src/cli/mcpServer.ts');

describe('the server that an editor starts', function () {
  this.timeout(60_000);
  const window = useStore();
  let home: CliHome;
  let host: SocketHost | undefined;
  let workspace: string;
  const origins: RelayOrigin[] = [];
  const clients: Client[] = [];

  before(requireWeights);
  beforeEach(async () => {
    home = await makeCliHome();
    workspace = path.join(home.folder, 'shop');
    await mkdir(workspace);
    origins.length = 0;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    host?.dispose();
    host = undefined;
    await home.remove();
  });

  const dataFolder = () => path.dirname(home.database);
  /** As a window does it; its store is another one than the process would open, so that a test sees which was used. */
  const openWindow = async (): Promise<void> => {
    host = await startSocketHost(dataFolder(), [workspace], ({ requestInfo }) => {
      const origin = relayOriginOf(requestInfo?.headers ?? new Headers());
      origins.push(origin);
      return createServer(() => Promise.resolve(window.store), {
        version: '0.0.0',
        client: origin.client ?? 'nobody',
        settings: {},
      });
    });
  };
  const connect = async (args: readonly string[] = [], mode: 'auto' | 'legacy' = 'legacy') => {
    const client = new Client({ name: 'Test Agent', version: '7.1' }, { versionNegotiation: { mode } });
    const env = Object.fromEntries(
      Object.entries(home.env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
    );
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [script, `--workspace=${workspace}`, ...args],
        env,
        cwd: workspace,
      }),
    );
    clients.push(client);
    const call = async (name: string, given: Record<string, unknown> = {}): Promise<Answer> =>
      answerOf(await client.callTool({ name, arguments: given }));
    return { client, call };
  };

  for (const [mode, protocol] of [
    ['legacy', '2025-11-25'],
    ['auto', '2026-07-28'],
  ] as const) {
    it(`relays to the running window, in protocol ${protocol}, and says who calls`, async () => {
      await openWindow();
      const { client, call } = await connect([], mode);
      assert.equal(client.getNegotiatedProtocolVersion(), protocol);
      assert.equal((await client.listTools()).tools.length, 8);
      assert.match(client.getInstructions() ?? '', /lasting memory/);
      await call('memory_store', { content: 'Déployer avec make ship 🚢' });
      const [memory] = (await window.store.list({})).items;
      assert.equal(memory?.content, 'Déployer avec make ship 🚢');
      assert.equal(memory.source?.client, 'Test Agent 7.1');
      const { memories } = await call('memory_search', { query: 'make ship' });
      assert.equal(memories[0]?.['by'], 'Test Agent 7.1');
      const { contents } = await client.readResource({ uri: 'memory://tag/é' });
      assert.equal(contents.length, 1);
    });

    it(`passes on how far a long call has come, in protocol ${protocol}`, async () => {
      for (let i = 0; i < 25; i++) await writeFile(path.join(workspace, `${i}.md`), `note ${i}`);
      const { client } = await connect([], mode);
      const told: number[] = [];
      await client.callTool(
        { name: 'memory_ingest', arguments: { directory_path: '.' } },
        { onprogress: ({ progress }) => told.push(progress) },
      );
      assert.deepEqual(told, [10, 20]);
    });

    it(`opens the store itself where no window runs, in protocol ${protocol}`, async () => {
      const { client, call } = await connect(['--project=shop'], mode);
      assert.equal(client.getNegotiatedProtocolVersion(), protocol);
      assert.equal((await client.listTools()).tools.length, 9);
      const { head } = await call('memory_store', { content: 'Deploy with make ship' });
      assert.equal(head['project'], 'shop');
      const { memories } = await call('memory_search', { query: 'deploy' });
      assert.equal(memories[0]?.['by'], 'Test Agent 7.1');
      assert.equal(await window.store.count({}), 0);
      const [act] = await new AgentLog(dataFolder()).recent(10);
      assert.equal(act?.client, 'Test Agent 7.1');
      assert.equal(act.kind, 'stored');
      assert.equal(act.project, 'shop');
    });
  }

  it('tells the window its workspace, project and limits', async () => {
    await openWindow();
    const { call } = await connect([
      '--project=lädchen',
      '--only-project',
      '--disable=memory_graph,memory_ingest',
    ]);
    await call('memory_stats');
    assert.deepEqual(origins.at(-1), {
      client: 'Test Agent 7.1',
      folders: [workspace],
      project: 'lädchen',
      settings: { onlyProject: true, disabledTools: ['memory_graph', 'memory_ingest'] },
    });
  });

  it('hands the window a memory of any size that it may have', async () => {
    await openWindow();
    const { call } = await connect();
    const { head, text } = await call('memory_store', { content: 'ship '.repeat(1_200_000) });
    assert.equal(head['outcome'], 'stored', text);
    const tooLarge = await call('memory_store', { content: 'x'.repeat(17 * 1024 * 1024) });
    assert.equal(tooLarge.head['error'], 'too-large', tooLarge.text);
    assert.equal(await window.store.count({}), 1);
  });

  it('works in a workspace of very many folders, and with addresses as long as a search', async () => {
    await openWindow();
    const folders = Array.from({ length: 200 }, (_, i) => `--workspace=/仕事/マイクロサービス/決済-${i}`);
    const { client, call } = await connect(folders, 'auto');
    assert.equal((await call('memory_stats')).head['memories'], 0);
    assert.equal(origins.at(-1)?.folders?.length, 201);
    const { contents } = await client.readResource({
      uri: `memory://search/${encodeURIComponent('どこ'.repeat(1000))}`,
    });
    assert.equal(contents.length, 1);
  });

  it('goes on by itself when the window ends, and goes back to one that opens', async () => {
    await openWindow();
    const { call } = await connect();
    await call('memory_store', { content: 'in the window' });
    host?.dispose();
    await call('memory_store', { content: 'by itself' });
    assert.equal(await window.store.count({}), 1);
    assert.equal((await call('memory_list')).memories[0]?.['content'], 'by itself');
    await openWindow();
    await call('memory_store', { content: 'in the window again' });
    assert.equal(await window.store.count({}), 2);
  });

  it('passes over the record of a killed window, and one with another nonce', async () => {
    await openWindow();
    assert.ok(host);
    const { record } = host;
    await writeWindowRecord(dataFolder(), {
      ...record,
      id: 'killed',
      socket: path.join(home.folder, 'gone'),
    });
    await writeWindowRecord(dataFolder(), { ...record, nonce: 'another' });
    const { call } = await connect();
    assert.equal((await call('memory_store', { content: 'by itself' })).head['outcome'], 'stored');
    assert.equal(await window.store.count({}), 0);
  });

  it('keeps to the settings that it was started with', async () => {
    const reading = await connect(['--read-only', '--disable=memory_stats']);
    const names = (await reading.client.listTools()).tools.map(({ name }) => name);
    assert.deepEqual(names.sort(), ['memory_graph', 'memory_health', 'memory_list', 'memory_search']);
    const confirming = await connect(['--confirm-stores']);
    const { isError, head } = await confirming.call('memory_store', { content: 'unseen' });
    assert.ok(isError);
    assert.match(String(head['message']), /no window is open/);
  });

  it('by itself too reads all folders, and names their files as their repositories do', async () => {
    const other = path.join(home.folder, 'tools', 'cli');
    await mkdir(path.join(home.folder, 'tools', '.git'), { recursive: true });
    await mkdir(other);
    await writeFile(path.join(home.folder, 'tools', '.git', 'config'), '[core]\n');
    await writeFile(path.join(other, 'main.md'), 'of a part of another repository');
    await writeFile(path.join(workspace, 'page.md'), 'of the first folder');
    const { call } = await connect([`--workspace=${other}`, '--project=shop']);
    await call('memory_ingest', { directory_path: '.' });
    const { memories } = await call('memory_list');
    assert.deepEqual(memories.map(({ file, tags }) => [file, tags]).toSorted(), [
      ['cli/main.md', ['proj:tools']],
      ['page.md', ['proj:shop']],
    ]);
  });

  it('takes nothing from a .env of the workspace', async () => {
    const env = 'MCP_MEMORY_STORAGE_BACKEND=cloudflare\nCLOUDFLARE_API_TOKEN=x\nCLOUDFLARE_ACCOUNT_ID=y\n';
    await writeFile(path.join(workspace, '.env'), env);
    const { call } = await connect();
    assert.equal((await call('memory_store', { content: 'stays here' })).head['outcome'], 'stored');
  });

  it('answers malformed messages with nothing worse than an error, and stays up', async () => {
    await openWindow();
    const { client, call } = await connect();
    const { transport } = client;
    assert.ok(transport);
    // Past the client's own checks.
    const { _process } = transport as unknown as { _process: { stdin: { write(line: string): void } } };
    for (const line of ['no json', '[]', 'null', '{"jsonrpc":"2.0","id":7}', '{"a":'.repeat(5000)])
      _process.stdin.write(`${line}\n`);
    assert.equal((await call('memory_stats')).isError, false);
  });

  it('says what is wrong where the store can not be opened, and tries again at the next call', async () => {
    await writeFile(path.join(home.folder, 'store'), 'a file where the folder should be');
    const { call } = await connect();
    const { isError, head } = await call('memory_stats');
    assert.ok(isError);
    assert.notEqual(head['next_step'], undefined);
    assert.equal(
      await readFile(path.join(home.folder, 'store'), 'utf8'),
      'a file where the folder should be',
    );
  });
});
