import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as vscode from 'vscode';
import type { McpSettings } from '../../src/mcp/mcpContext.ts';
import { fileOf } from '../../src/vscode/code/codePlace.ts';
import { codeStatesOf } from '../../src/vscode/code/codeStates.ts';
import { AgentActivity } from '../../src/vscode/mcp/agentActivity.ts';
import { McpProvider } from '../../src/vscode/mcp/mcpProvider.ts';
import { serverDefinition } from '../../src/vscode/mcp/serverDefinition.ts';
import { windowContext } from '../../src/vscode/mcp/windowContext.ts';
import type { Services } from '../../src/vscode/services.ts';
import { answerMessages, emptyStore, eventually, run, services, stored, texts } from './access.ts';
import { invoke, MCP, NOTICE, startServer, withSettings } from './agentTools.ts';

const environmentOf = (more: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...process.env, ...more }).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );

describe('the server for agents', function () {
  this.timeout(60_000);
  beforeEach(emptyStore);

  it('is started by VS Code, which then has its tools', async () => {
    assert.equal((await startServer()).length, 9);
    // Contributed, but by nobody answered.
    await assert.rejects(invoke('edge_memory_stats', {}));
  });

  it('stores and finds for agents, in the memory of this window, and says who and in which project', async () => {
    await startServer();
    await withSettings({ 'edgeMemory.agents.notice': 'off' }, async () => {
      const [answer] = await invoke(`${MCP}memory_store`, { content: 'Agents deploy with make ship' });
      assert.equal(answer?.['outcome'], 'stored');
      await new Promise((resolve) => setTimeout(resolve, NOTICE));
    });
    const { store, projects } = await services();
    const [memory] = (await store.list({})).items;
    assert.equal(memory?.content, 'Agents deploy with make ship');
    assert.match(memory.source?.client ?? '', /Visual Studio Code|code-server/i);
    assert.ok(memory.source?.person);
    const project = await projects.current();
    assert.ok(project);
    assert.deepEqual(memory.tags, [`proj:${project.name}`]);
    const [, found] = await invoke(`${MCP}memory_search`, { query: 'make ship' });
    assert.equal(found?.['content'], 'Agents deploy with make ship');
  });

  it('ingests files as the editor names them, which tells of their changes', async () => {
    await startServer();
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const file = vscode.Uri.joinPath(folder.uri, 'ingested', 'steps.md');
    const write = (text: string) => vscode.workspace.fs.writeFile(file, Buffer.from(text));
    try {
      await write('First wash the tank');
      await withSettings({ 'edgeMemory.agents.notice': 'off' }, async () => {
        await invoke(`${MCP}memory_ingest`, { file_path: 'ingested/steps.md' });
        await new Promise((resolve) => setTimeout(resolve, NOTICE));
      });
      const { store, projects } = await services();
      const [memory] = (await store.list({})).items;
      assert.ok(memory);
      assert.equal((await fileOf(projects, memory))?.toString(), file.toString());
      const state = async () => (await codeStatesOf(projects, [memory])).get(memory.contentHash)?.kind;
      assert.equal(await state(), 'same');
      await write('First dry the tank');
      assert.equal(await state(), 'changed');
      const [, listed] = await invoke(`${MCP}memory_list`, {});
      assert.equal(listed?.['code_changed'], true);
    } finally {
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder.uri, 'ingested'), { recursive: true });
    }
  });

  it('offers what the settings leave', async () => {
    const settings = {
      'edgeMemory.agents.readOnly': true,
      'edgeMemory.agents.disabledTools': ['memory_stats'],
    };
    await withSettings(settings, async () => {
      const names = await startServer((offered) => assert.equal(offered.length, 4, offered.join()));
      assert.deepEqual(names.sort(), ['memory_graph', 'memory_health', 'memory_list', 'memory_search']);
    });
    await startServer();
  });

  it('shows agents the memories of other projects, unless they are limited to their own', async () => {
    await stored({ content: 'The launch code of another project is kumquat', project: 'elsewhere' });
    await stored({ content: 'The launch code is plum' });
    await startServer();
    const search = async () =>
      (await invoke(`${MCP}memory_search`, { query: 'launch code' })).slice(1).map(({ content }) => content);
    assert.equal((await search()).length, 2);
    await withSettings({ 'edgeMemory.agents.onlyProject': true }, async () => {
      assert.deepEqual(await search(), ['The launch code is plum']);
      const answers = [
        await invoke(`${MCP}memory_search`, { query: 'launch code', project: 'elsewhere' }),
        await invoke(`${MCP}memory_list`, {}),
        await invoke(`${MCP}memory_stats`, {}),
      ];
      assert.ok(!JSON.stringify(answers).includes('kumquat'));
    });
  });

  it('asks the person before it stores, where they want that', async () => {
    await startServer();
    await withSettings(
      { 'edgeMemory.agents.confirmStores': true, 'edgeMemory.agents.notice': 'off' },
      async () => {
        const no = answerMessages('showWarningMessage');
        const [refused] = await invoke(`${MCP}memory_store`, { content: 'Tea at four' });
        no.restore();
        assert.equal(refused?.['error'], 'forbidden');
        assert.match(no.texts.join(), /wants to store a memory/);
        const yes = answerMessages('showWarningMessage', 'Store');
        const [answer] = await invoke(`${MCP}memory_store`, { content: 'Tea at four' });
        yes.restore();
        assert.match(String(answer?.['outcome']), /stored|merged/);
      },
    );
  });

  it('shows the person all that is to be stored or changed, or how much of it', async () => {
    await startServer();
    await withSettings(
      { 'edgeMemory.agents.confirmStores': true, 'edgeMemory.agents.notice': 'off' },
      async () => {
        const stores = answerMessages('showWarningMessage', 'Store');
        const [stored] = await invoke(`${MCP}memory_store`, {
          content: `Tea at four\nTags: none ${'and a cake '.repeat(200)}`,
          metadata: { tags: ['tea', 'time'], type: 'note', by: 'me' },
          project: 'kitchen',
        });
        stores.restore();
        const [text, ...parts] = (stores.details[0] ?? '').split('\n');
        assert.match(text ?? '', /^Tea at four Tags: none and .*… \(\d+ of 2,\d+ characters shown\)$/);
        assert.deepEqual(parts, [
          'Tags: tea, time',
          'Type: note',
          'Project: kitchen',
          'Metadata: {"by":"me"}',
        ]);
        const changes = answerMessages('showWarningMessage');
        const [refused] = await invoke(`${MCP}memory_update`, {
          content_hash: String(stored?.['hash']),
          updates: { metadata: { by: null }, memory_type: 'rule' },
        });
        changes.restore();
        assert.equal(refused?.['error'], 'forbidden');
        assert.match(changes.texts.join(), /wants to change a memory/);
        assert.match(
          changes.details.join(),
          /^Text now: Tea at four .*\nType: rule\nMetadata: \{"by":null\}$/,
        );
      },
    );
  });

  it('stores credentials only if the person says so, who sees them masked', async () => {
    await startServer();
    const content = 'postgres://admin:hunter2secret@db.example.com/shop';
    await withSettings({ 'edgeMemory.agents.notice': 'off' }, async () => {
      const no = answerMessages('showWarningMessage');
      const [refused] = await invoke(`${MCP}memory_store`, { content });
      no.restore();
      assert.equal(refused?.['error'], 'forbidden');
      assert.ok(!JSON.stringify([no.texts, refused]).includes('hunter2secret'));
      const yes = answerMessages('showWarningMessage', 'Store Anyway');
      assert.equal((await invoke(`${MCP}memory_store`, { content }))[0]?.['outcome'], 'stored');
      yes.restore();
    });
  });
});

describe('the definition of the server', function () {
  this.timeout(60_000);
  const clients: Client[] = [];
  beforeEach(emptyStore);
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });

  /** Starts what is provided, as it is. */
  const connect = async (env: Record<string, string> = {}, options?: readonly string[]): Promise<Client> => {
    const { command, args, env: own } = await serverDefinition(await services());
    const client = new Client({ name: 'Test Agent', version: '7.1' });
    await client.connect(
      new StdioClientTransport({
        command,
        args: options ? [...args.slice(0, 1), ...options] : args,
        env: environmentOf({ ...own, ...env }),
      }),
    );
    clients.push(client);
    return client;
  };
  const store = (client: Client, content: string) =>
    client.callTool({ name: 'memory_store', arguments: { content, force: true } });

  it('is complete: started as provided, it reaches this window', async () => {
    await startServer();
    const client = await connect();
    assert.equal((await client.listTools()).tools.length, 9);
    await store(client, 'from outside');
    const [memory] = (await (await services()).store.list({})).items;
    assert.equal(memory?.content, 'from outside');
    assert.equal(memory.source?.client, 'Test Agent 7.1');
  });

  it('keeps to the limits and the project of its own workspace, in whichever window', async () => {
    await startServer();
    await stored({ content: 'The launch code of another project is kumquat', project: 'elsewhere' });
    await stored({ content: 'The launch code of the shop is plum', project: 'shop' });
    const client = await connect({}, ['--workspace=/projects/shop', '--project=shop', '--only-project']);
    const names = (await client.listTools()).tools.map(({ name }) => name);
    assert.ok(!names.includes('memory_ingest'), 'it reads the files of this window');
    const { content } = await client.callTool({ name: 'memory_search', arguments: { query: 'launch code' } });
    assert.match(JSON.stringify(content), /plum/);
    assert.doesNotMatch(JSON.stringify(content), /kumquat/);
  });

  it('keeps to them also in another window that has one of its folders open', async () => {
    const running = await services();
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const activity = new AgentActivity(running);
    const folders = ['/projects/shop', folder.uri.fsPath];
    const file = vscode.Uri.joinPath(folder.uri, 'looked-at.txt');
    const contextOf = (settings: McpSettings, project: string | undefined = 'shop') =>
      windowContext(running, activity, { folders, settings, ...(project !== '' && { project }) });
    await vscode.workspace.fs.writeFile(file, Buffer.from('text'));
    try {
      const { settings, project, files } = await contextOf({
        readOnly: true,
        confirmStores: true,
        disabledTools: ['memory_list'],
      });
      assert.deepEqual([settings.readOnly, settings.confirmStores], [true, true]);
      assert.ok(settings.disabledTools?.includes('memory_list'));
      assert.ok(files);
      assert.equal(project, 'shop');
      const here = (await running.projects.of(folder.uri))?.name;
      assert.equal((await contextOf({}, '')).project, here);
      await vscode.window.showTextDocument(file);
      assert.equal((await contextOf({ onlyProject: true })).project, 'shop');
      assert.equal((await contextOf({})).project, here);
    } finally {
      activity.dispose();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.workspace.fs.delete(file);
    }
  });

  it('works where no window runs', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'edge-memory-alone-'));
    try {
      const client = await connect({ EDGE_MEMORY_DATABASE: path.join(folder, 'memory.db') });
      assert.equal((await client.listTools()).tools.length, 9);
      await store(client, 'alone');
      const { content } = await client.callTool({ name: 'memory_list', arguments: {} });
      assert.match(JSON.stringify(content), /alone/);
      assert.deepEqual(await texts(), []);
      await client.close();
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });

  it('holds no secret: not the nonce of this window', async () => {
    await startServer();
    const { settings } = await services();
    const folder = path.join(settings.dataFolder, 'windows');
    const records = await Promise.all(
      (await readdir(folder)).map(async (name) => readFile(path.join(folder, name), 'utf8')),
    );
    assert.ok(records.length > 0);
    const definition = JSON.stringify(await serverDefinition(await services()));
    for (const record of records) {
      const { nonce, socket } = JSON.parse(record) as { nonce: string; socket: string };
      assert.ok(!definition.includes(nonce));
      assert.ok(!definition.includes(socket));
    }
  });

  it('changes its version with the tools, the settings and the store, never with memories', async () => {
    const version = async () => (await serverDefinition(await services())).version;
    const first = await version();
    await stored({ content: 'one more' });
    assert.equal(await version(), first);
    for (const [name, value] of [
      ['readOnly', true],
      ['onlyProject', true],
      ['confirmStores', true],
      ['olderNames', true],
      ['disabledTools', ['memory_stats']],
    ] as const)
      await withSettings({ [`edgeMemory.agents.${name}`]: value }, async () =>
        assert.notEqual(await version(), first, name),
      );
    await withSettings({ 'edgeMemory.agents.notice': 'off' }, async () =>
      assert.equal(await version(), first),
    );
    assert.equal(await version(), first);
  });

  it('changes its version with the data folder, and with what is connected', async () => {
    const running = await services();
    const database = { id: 'd1', name: 'memories' };
    const target = { account: 'a', accountName: 'A', database, index: 'i' };
    const versionOf = async (
      dataFolder: string,
      connected?: Partial<typeof target>,
    ): Promise<string | undefined> => {
      const settings = { dataFolder, tagWithProject: true };
      const connection = {
        readIfPossible: () => Promise.resolve(connected && { ...target, ...connected }),
      };
      return (await serverDefinition({ ...running, settings, connection } as unknown as Services)).version;
    };
    const here = running.settings.dataFolder;
    const versions = await Promise.all([
      versionOf(here),
      versionOf(path.join(here, 'other')),
      versionOf(here, {}),
      versionOf(here, { account: 'b' }),
      versionOf(here, { database: { ...database, id: 'd2' } }),
      versionOf(here, { index: 'j' }),
    ]);
    assert.equal(new Set(versions).size, versions.length, versions.join());
    assert.equal(await versionOf(here), versions[0]);
    assert.equal(await versionOf(here, { accountName: 'renamed' }), versions[2]);
  });
});

describe('the window that agents reach', function () {
  this.timeout(60_000);
  const { registerMcpServerDefinitionProvider } = vscode.lm;
  const { onDidChangeWorkspaceFolders } = vscode.workspace;
  const folders = new vscode.EventEmitter<vscode.WorkspaceFoldersChangeEvent>();
  beforeEach(() => {
    // A second provider of the same name; a real change of the folders restarts the extensions.
    Object.assign(vscode.lm, {
      registerMcpServerDefinitionProvider: () => new vscode.Disposable(() => undefined),
    });
    Object.assign(vscode.workspace, { onDidChangeWorkspaceFolders: folders.event });
  });
  afterEach(() => {
    Object.assign(vscode.lm, { registerMcpServerDefinitionProvider });
    Object.assign(vscode.workspace, { onDidChangeWorkspaceFolders });
  });

  it('serves them still after a change of the folders that leaves the definition as it is', async () => {
    const running = await services();
    const records = async (): Promise<string[]> =>
      (await readdir(path.join(running.settings.dataFolder, 'windows')).catch(() => [])).sort();
    const before = await records();
    const own = async (): Promise<string> => {
      const [record, ...more] = (await records()).filter((name) => !before.includes(name));
      assert.ok(record);
      assert.deepEqual(more, []);
      return record;
    };
    const activity = new AgentActivity(running);
    const provider = new McpProvider(running, activity);
    try {
      await provider.provideMcpServerDefinitions();
      const first = await own();
      folders.fire({ added: [], removed: [] });
      await eventually(async () => assert.notEqual(await own(), first), 10_000);
    } finally {
      provider.dispose();
      activity.dispose();
    }
    await eventually(async () => assert.deepEqual(await records(), before), 10_000);
  });
});

describe('the activity of agents', function () {
  this.timeout(60_000);
  beforeEach(emptyStore);

  it('is listed by a command', async () => {
    await run('showAgentActivity');
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });

  it('is told of, and can be undone, also where another program started the server', async function () {
    if (!vscode.window.state.focused) this.skip();
    this.timeout(90_000); // what tests before this one did may wait for its answer first, or is told with it
    const extension = vscode.extensions.getExtension('edge-memory.edge-memory');
    assert.ok(extension);
    const messages = answerMessages('showInformationMessage', 'Undo');
    const client = new Client({ name: 'Other Agent', version: '2' });
    try {
      await client.connect(
        new StdioClientTransport({
          command: process.execPath,
          args: [path.join(extension.extensionPath, 'dist/cli.js'), 'mcp'],
          env: environmentOf({ ELECTRON_RUN_AS_NODE: '1' }),
        }),
      );
      await client.callTool({ name: 'memory_store', arguments: { content: 'Told elsewhere' } });
      await eventually(() => assert.match(messages.texts.join(), /Other Agent 2 stored /), 40_000);
      await eventually(async () => assert.deepEqual(await texts(), []), 10_000);
    } finally {
      messages.restore();
      await client.close();
    }
  });
});
