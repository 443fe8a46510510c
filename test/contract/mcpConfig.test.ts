import assert from 'node:assert/strict';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { handedOut } from '../../src/local/handedOut.ts';
import { type CliHome, makeCliHome, requireWeights } from '../unit/cli/runCli.ts';
import { answerOf } from '../unit/mcp/mcpClient.ts';

interface Configuration {
  readonly mcpServers: Readonly<
    Record<string, { command: string; args: string[]; env?: Record<string, string> }>
  >;
}

describe('edge-memory mcp-config', () => {
  let home: CliHome;
  const clients: Client[] = [];

  before(requireWeights);
  beforeEach(async () => {
    home = await makeCliHome();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await home.remove();
  });

  (process.platform === 'win32' ? it.skip : it)(
    'prints what starts the server on the same store, in a client that knows nothing else',
    async () => {
      await home.json(['store', 'The staging host is called heron']);
      const { code, stdout, stderr } = await home.run(['mcp-config', 'cursor']);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /~\/\.cursor\/mcp\.json/);
      const server = (JSON.parse(stdout) as Configuration).mcpServers['edge-memory'];
      assert.ok(server && path.isAbsolute(server.command));
      const client = new Client({ name: 'Cursor', version: '1' });
      clients.push(client);
      // The SDK's own environment: no PATH of a terminal, nothing of ours.
      await client.connect(new StdioClientTransport({ ...server, cwd: home.folder }));
      const { memories } = answerOf(
        await client.callTool({ name: 'memory_search', arguments: { query: 'staging host' } }),
      );
      assert.equal(memories[0]?.['content'], 'The staging host is called heron');
    },
  );

  it('says which programs it knows, where another is named', async () => {
    const { code, stderr } = await home.run(['mcp-config', 'emacs']);
    assert.equal(code, 2);
    assert.match(stderr, /claude-desktop.*zed/);
  });

  for (const command of [['mcp'], ['mcp-config', 'cursor']])
    it(`${command[0]} switches off no tool that there is not, so that the one that was meant does not stay`, async () => {
      const { code, stderr, stdout } = await home.run([...command, '--disable', 'memory_graph,memory_delte']);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /no tool: memory_delte\.[^]*memory_delete/);
      assert.equal(stdout, '');
    });

  it('mcp gives no memories to the project of a folder that is not there', async () => {
    const { code, stderr } = await home.run(['mcp', '--workspace', path.join(home.folder, 'shpo')]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /shpo, which is no folder/);
  });

  it('answers JSON for scripts', async () => {
    const answer = (await home.json(['mcp-config', 'claude-code'])) as Record<string, unknown>;
    assert.match(
      String(answer['text']),
      /^claude mcp add .*--scope user edge-memory -- .*edge-memory mcp\n$/,
    );
    assert.equal(answer['file'], null);
  });

  it('limits agents as it is told, as the editor’s copy does by its settings', async () => {
    const limits = [
      '--read-only',
      '--only-project',
      '--confirm-stores',
      '--older-names',
      '--disable=memory_stats,memory_list',
    ];
    const { text } = (await home.json(['mcp-config', 'cursor', ...limits])) as { readonly text: string };
    const { args = [] } = (JSON.parse(text) as Configuration).mcpServers['edge-memory'] ?? {};
    assert.deepEqual(args.slice(args.indexOf('mcp')), ['mcp', ...limits]);
  });

  it('is remembered where the editor looks for what was handed out, the latest first', async () => {
    for (const client of ['cursor', 'zed', 'cursor']) await home.json(['mcp-config', client]);
    const entries = await handedOut(path.join(home.folder, 'store'));
    assert.deepEqual(
      entries.map(({ client }) => client),
      ['cursor', 'zed'],
    );
  });
});
