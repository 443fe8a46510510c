import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Where an MCP server over HTTP listens, and what it takes from those who may use it. */
export interface McpPlace {
  readonly at: { readonly host: string; readonly port: number } | { readonly socketPath: string };
  readonly secret: string;
}

export interface Answered {
  readonly status: number;
  readonly body: string;
}

export type Post = (
  headers?: Record<string, string>,
  body?: string | Buffer,
  path?: string,
) => Promise<Answered>;

export const list = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });

/** What is no message of the protocol. */
export const malformed: readonly string[] = [
  ...['', 'no json', '{"jsonrpc":"2.0"', '[]', 'null', '42', '{"jsonrpc":"1.0","id":9}', '\u0000'],
  '{"a":'.repeat(5000),
];

/** One request, as from somebody who may; with other headers too, which fetch would not send. */
export const poster =
  (place: () => McpPlace): Post =>
  (headers = {}, body = list, path = '/mcp') =>
    new Promise((resolve, reject) => {
      const { at, secret } = place();
      const request = httpRequest(
        { ...at, path, method: 'POST' },
        (response) =>
          void text(response).then(
            (answer) => resolve({ status: response.statusCode ?? 0, body: answer }),
            reject,
          ),
      );
      const all = {
        ...('socketPath' in at && { host: 'localhost' }),
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      };
      for (const [name, value] of Object.entries(all)) request.setHeader(name, value);
      request.once('error', reject);
      request.end(body);
    });

const socketTo = ({ at }: McpPlace) => ('port' in at ? connect(at.port, at.host) : connect(at.socketPath));

/** The tests that every such server has to stand; it takes bodies of less than `megabytes`. */
export const itWithstandsAttacks = (place: () => McpPlace, megabytes = 10): void => {
  const post = poster(place);
  const isServed = async () => assert.equal((await post()).status, 200);

  it('answers a wrong secret, none, or another path as if nothing were there', async () => {
    const { secret } = place();
    const others = [secret, `Basic ${secret}`, `Bearer ${secret}x`, `Bearer ${secret} `.repeat(2)];
    for (const authorization of ['', 'Bearer wrong', ...others])
      assert.equal((await post({ authorization })).status, 404, authorization);
    assert.equal((await post({}, list, '/')).status, 404);
    await isServed();
  });

  it('refuses a foreign host, as DNS rebinding brings it', async () => {
    for (const host of ['evil.example.com', 'evil.example.com:80', '127.0.0.1.evil.example.com', '0.0.0.0'])
      assert.equal((await post({ host })).status, 403, host);
    assert.equal((await post({ host: 'localhost:8765' })).status, 200);
  });

  it('refuses a foreign origin, as a web page’s request has it', async () => {
    const origins = ['https://evil.example.com', 'http://localhost.evil.example.com'];
    for (const origin of [...origins, 'null', 'file://', 'vscode-webview://x'])
      assert.equal((await post({ origin })).status, 403, origin);
    assert.equal((await post({ origin: 'http://localhost:3000' })).status, 200);
  });

  it('takes JSON only, which a page cannot send without asking first', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      assert.equal((await post({ 'content-type': type })).status, 415, type);
  });

  it(`refuses a body of ${megabytes} MB, and stays up`, async () => {
    const answered = await post({}, Buffer.alloc(megabytes * 1024 * 1024, 'x')).then(
      ({ status }) => status,
      // The connection may end while the body is still being sent.
      (error: unknown) => (error as NodeJS.ErrnoException).code ?? '',
    );
    assert.ok([413, 'EPIPE', 'ECONNRESET'].includes(answered), String(answered));
    await isServed();
  });

  it('answers malformed messages with an error, and stays up', async () => {
    for (const body of malformed) {
      const { status } = await post({}, body);
      assert.ok(status >= 400 && status < 500, `${body.slice(0, 20)}: ${status}`);
    }
    const unknown = await post({}, JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'no/such' }));
    assert.match(unknown.body, /-32601/);
    await isServed();
  });

  it('drops whoever sends a request too slowly, and serves others meanwhile', async () => {
    const slow = Array.from({ length: 20 }, () => {
      const socket = socketTo(place());
      socket.on('error', () => undefined).write('POST /mcp HTTP/1.1\r\nHost: localhost\r\n');
      return socket;
    });
    await isServed();
    await Promise.all(slow.map((socket) => new Promise((resolve) => socket.once('close', resolve).resume())));
  }).timeout(60_000);
};
