import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type CliHome, makeCliHome, requireWeights } from '../unit/cli/runCli.ts';
import { answerOf } from '../unit/mcp/mcpClient.ts';
import { itWithstandsAttacks, poster } from './mcpAttacks.ts';
import { type McpHttpServer, startMcpHttp, TOKEN } from './mcpHttpServer.ts';

describe('edge-memory mcp --http', () => {
  let home: CliHome;
  let server: McpHttpServer;
  let url: URL;
  const clients: Client[] = [];

  before(async () => {
    await requireWeights();
    home = await makeCliHome();
    server = await startMcpHttp(home);
    ({ url } = server);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });
  after(async () => {
    server.stop();
    await home.remove();
  });

  const connect = async (mode: 'auto' | 'legacy') => {
    const client = new Client({ name: 'Test Agent', version: '7.1' }, { versionNegotiation: { mode } });
    await client.connect(
      new StreamableHTTPClientTransport(url, {
        requestInit: { headers: { Authorization: `Bearer ${TOKEN}` } },
      }),
    );
    clients.push(client);
    return async (name: string, given: Record<string, unknown> = {}) =>
      answerOf(await client.callTool({ name, arguments: given }));
  };

  const place = () => ({ at: { host: '127.0.0.1', port: Number(url.port) }, secret: TOKEN });
  const post = poster(place);
  const isServed = async () => assert.equal((await post({})).status, 200);

  for (const mode of ['legacy', 'auto'] as const)
    it(`serves the official client, ${mode === 'auto' ? 'in the newest protocol' : 'in the one before'}`, async () => {
      const call = await connect(mode);
      const content = `Deploy with make ship, said over HTTP (${mode})`;
      await call('memory_store', { content, force: true });
      const { memories } = await call('memory_search', { query: content, mode: 'exact' });
      assert.equal(memories[0]?.['content'], content);
      assert.equal(memories[0]['by'], 'Test Agent 7.1');
    });

  it('takes a session’s id for no more than a name, whatever it holds', async () => {
    const name = (text: string) => `x.${Buffer.from(text).toString('base64url')}`;
    for (const id of ['', '.', 'x.!!', name('\u0000'), name('evil"}\n{"rank":2}'), name('x'.repeat(9000))])
      assert.equal((await post({ 'mcp-session-id': id })).status, 200, id.slice(0, 20));
    await isServed();
  });

  it('listens on this machine only', () => {
    assert.equal(url.hostname, '127.0.0.1');
    assert.equal(url.pathname, '/mcp');
  });

  itWithstandsAttacks(place);

  it('takes 200 calls at once', async () => {
    const call = await connect('legacy');
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        i % 2 === 0
          ? call('memory_store', { content: `parallel ${i}`, force: true })
          : call('memory_search', { query: `parallel ${i}` }),
      ),
    );
    assert.deepEqual(
      answers.filter(({ isError }) => isError),
      [],
    );
  }).timeout(60_000);

  it('does not start without a token, or with one that can be guessed', async () => {
    for (const EDGE_MEMORY_MCP_TOKEN of ['', 'short']) {
      const { code, stderr } = await home.run(['mcp', '--http', '0'], { env: { EDGE_MEMORY_MCP_TOKEN } });
      assert.equal(code, 2);
      assert.match(stderr, /EDGE_MEMORY_MCP_TOKEN/);
    }
  });

  it('says that a port is taken, and what to do', async () => {
    const { code, stderr } = await home.run(['mcp', '--http', server.url.port], {
      env: { EDGE_MEMORY_MCP_TOKEN: TOKEN },
    });
    assert.equal(code, 2, stderr);
    assert.match(stderr, new RegExp(`Port ${server.url.port} .*EADDRINUSE[^]*another one with --http`));
  });
});
