import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type CliHome, makeCliHome, requireWeights } from '../unit/cli/runCli.ts';
import { answerOf } from '../unit/mcp/mcpClient.ts';
import { type McpHttpServer, startMcpHttp, TOKEN } from './mcpHttpServer.ts';

const list = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });

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

  /** One request, with headers that fetch would not send. */
  const post = (headers: Record<string, string>, body: string | Buffer = list, path = '/mcp') =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port: url.port, path, method: 'POST' },
        (response) =>
          void text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject),
      );
      const all = {
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      };
      for (const [name, value] of Object.entries(all)) request.setHeader(name, value);
      request.once('error', reject);
      request.end(body);
    });
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

  it('answers a wrong token, none, or another path as if nothing were there', async () => {
    for (const authorization of ['', 'Bearer wrong', TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN} `.repeat(2)])
      assert.equal((await post({ authorization })).status, 404, authorization);
    assert.equal((await post({}, list, '/')).status, 404);
    await isServed();
  });

  it('refuses a foreign host, as DNS rebinding brings it', async () => {
    for (const host of [
      'evil.example.com',
      `evil.example.com:${url.port}`,
      '127.0.0.1.evil.example.com',
      '0.0.0.0',
    ])
      assert.equal((await post({ host })).status, 403, host);
    assert.equal((await post({ host: `localhost:${url.port}` })).status, 200);
  });

  it('refuses a foreign origin, as a web page’s request has it', async () => {
    for (const origin of ['https://evil.example.com', 'null', 'http://localhost.evil.example.com', 'file://'])
      assert.equal((await post({ origin })).status, 403, origin);
    assert.equal((await post({ origin: 'http://localhost:3000' })).status, 200);
  });

  it('takes JSON only, which a page cannot send without asking first', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      assert.equal((await post({ 'content-type': type })).status, 415, type);
  });

  it('refuses a body of 10 MB, and stays up', async () => {
    const answered = await post({}, Buffer.alloc(10 * 1024 * 1024, 'x')).then(
      ({ status }) => status,
      // The connection may end while the body is still being sent.
      (error: unknown) => (error as NodeJS.ErrnoException).code ?? '',
    );
    assert.ok([413, 'EPIPE', 'ECONNRESET'].includes(answered), String(answered));
    await isServed();
  });

  it('answers malformed messages with an error, and stays up', async () => {
    for (const body of [
      '',
      'no json',
      '{"jsonrpc":"2.0"',
      '[]',
      'null',
      '42',
      '{"jsonrpc":"1.0","id":9}',
      '\u0000',
      '{"a":'.repeat(5000),
    ]) {
      const { status } = await post({}, body);
      assert.ok(status >= 400 && status < 500, `${body.slice(0, 20)}: ${status}`);
    }
    const unknown = await post({}, JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'no/such' }));
    assert.match(unknown.body, /-32601/);
    await isServed();
  });

  it('drops whoever sends a request too slowly, and serves others meanwhile', async () => {
    const slow = Array.from({ length: 20 }, () => {
      const socket = connectSocket(Number(url.port), '127.0.0.1');
      socket.on('error', () => undefined).write('POST /mcp HTTP/1.1\r\nHost: localhost\r\n');
      return socket;
    });
    await isServed();
    await Promise.all(slow.map((socket) => new Promise((resolve) => socket.once('close', resolve).resume())));
  }).timeout(40_000);

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
});
