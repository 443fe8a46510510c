import assert from 'node:assert/strict';
import { clientConfig, MCP_CLIENTS, serverLaunch } from '../../../src/mcp/clientConfigs.ts';

const LAUNCHER = '/home/ann o’neil/.edge-memory/bin/edge-memory';

describe('configurations for other clients', () => {
  const launch = serverLaunch(LAUNCHER, 'linux');
  const parsed = (client: (typeof MCP_CLIENTS)[number], platform: NodeJS.Platform = 'linux') =>
    JSON.parse(clientConfig(client, launch, platform).text) as Record<string, Record<string, unknown>>;

  it('name the launcher by its whole path, in the shape that each client reads', () => {
    const server = { command: LAUNCHER, args: ['mcp'] };
    for (const client of ['claude-desktop', 'cursor', 'windsurf', 'mcp.json'] as const)
      assert.deepEqual(parsed(client), { mcpServers: { 'edge-memory': server } }, client);
    assert.deepEqual(parsed('vscode'), { servers: { 'edge-memory': { type: 'stdio', ...server } } });
    assert.deepEqual(parsed('zed'), { context_servers: { 'edge-memory': { source: 'custom', ...server } } });
  });

  it('of Claude Code are a line for the terminal, quoted for its shell, and the line that takes it back', () => {
    const { text, undo, file } = clientConfig(
      'claude-code',
      serverLaunch("/home/o'neil/em", 'linux', { database: '/m y.db' }),
      'linux',
    );
    assert.equal(
      text,
      "claude mcp add --env 'EDGE_MEMORY_DATABASE=/m y.db' --scope user edge-memory -- '/home/o'\\''neil/em' mcp\n",
    );
    assert.equal(undo, 'claude mcp remove --scope user edge-memory');
    assert.equal(file, undefined);
  });

  it('start a batch file through cmd.exe on Windows, since nothing else can', () => {
    const { command, args } = serverLaunch('C:\\Users\\Ann O\\.edge-memory\\bin\\edge-memory', 'win32');
    assert.equal(command, 'cmd.exe');
    assert.deepEqual(args, ['/d', '/c', 'C:\\Users\\Ann O\\.edge-memory\\bin\\edge-memory.cmd', 'mcp']);
  });

  it('name the database only where it is another than the default one', () => {
    assert.deepEqual(launch.env, {});
    assert.deepEqual(serverLaunch(LAUNCHER, 'linux', { database: '/data/memory.db' }).env, {
      EDGE_MEMORY_DATABASE: '/data/memory.db',
    });
  });

  it('carry over what a person lets agents do', () => {
    const settings = {
      ...{ readOnly: true, onlyProject: true, confirmStores: true },
      disabledTools: ['memory_ingest', 'memory_graph'],
    };
    assert.deepEqual(serverLaunch(LAUNCHER, 'linux', { settings }).args, [
      ...['mcp', '--read-only', '--only-project', '--confirm-stores'],
      '--disable=memory_ingest,memory_graph',
    ]);
  });

  it('say where they go on each system', () => {
    const fileOn = (platform: NodeJS.Platform) => clientConfig('claude-desktop', launch, platform).file;
    assert.match(fileOn('darwin') ?? '', /^~\/Library\/Application Support\/Claude\//);
    assert.match(fileOn('win32') ?? '', /^%APPDATA%\\Claude\\/);
    for (const client of MCP_CLIENTS) assert.ok(clientConfig(client, launch, 'linux').name, client);
  });
});
