import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { mainScript } from '../unit/cli/runCli.ts';
import { answerOf } from '../unit/mcp/mcpClient.ts';
import { useCliOnCloudflare } from './cliFixture.ts';
import { type McpHttpServer, startMcpHttp, TOKEN } from './mcpHttpServer.ts';

describe('edge-memory mcp with MCP_MEMORY_STORAGE_BACKEND=cloudflare', function () {
  this.timeout(120_000);
  const cloud = useCliOnCloudflare();
  const clients: Client[] = [];
  const servers: McpHttpServer[] = [];
  let env: Record<string, string>;

  beforeEach(async () => {
    await cloud.makeResources();
    env = await cloud.guideEnvironment();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    for (const server of servers.splice(0)) server.stop();
  });

  const environment = (): Record<string, string> =>
    Object.fromEntries(
      Object.entries({ ...cloud.home.env, ...env }).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    );
  const transports = {
    'over stdio': () =>
      Promise.resolve(
        new StdioClientTransport({
          command: process.execPath,
          args: [mainScript, 'mcp'],
          env: environment(),
          cwd: cloud.home.folder,
        }),
      ),
    'over HTTP': async () => {
      const server = await startMcpHttp({ ...cloud.home, env: environment() });
      servers.push(server);
      const headers = { authorization: `Bearer ${TOKEN}` };
      return new StreamableHTTPClientTransport(server.url, { requestInit: { headers } });
    },
  };

  for (const [how, transport] of Object.entries(transports))
    it(`${how} stores and finds in the account that the variables name`, async () => {
      const client = new Client({ name: 'Test Agent', version: '7.1' });
      await client.connect(await transport());
      clients.push(client);
      const call = async (name: string, args: Record<string, unknown>) =>
        answerOf(await client.callTool({ name, arguments: args }));
      const stored = await call('memory_store', {
        content: 'Deploy with make ship',
        metadata: { tags: ['deploy'], type: 'decision' },
        project: 'heron',
      });
      assert.equal(stored.head['outcome'], 'stored', stored.text);
      const rows = await cloud.sql('SELECT content, memory_type FROM memories WHERE deleted_at IS NULL');
      assert.deepEqual(
        rows.map((row) => ({ ...row })),
        [{ content: 'Deploy with make ship', memory_type: 'decision' }],
      );
      const found = await call('memory_search', { query: 'how do we deploy', tags: ['deploy'] });
      const [memory] = found.memories;
      assert.deepEqual(
        [memory?.['content'], memory?.['by'], memory?.['tags']],
        ['Deploy with make ship', 'Test Agent 7.1', ['deploy', 'proj:heron']],
      );
      assert.match(String(memory?.['why']), /meaning/);
      assert.equal(
        (await call('memory_search', { query: 'deploy', tags: ['no such tag'] })).head['found'],
        0,
      );
    });
});
