import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { CloudflareClient, type ApiCall } from '../../src/cloudflare/client.ts';
import { CloudflareApiError } from '../../src/cloudflare/errors.ts';
import { createNodeFetch, type NodeFetch } from '../../src/cloudflare/nodeFetch.ts';
import {
  sendSuccess,
  startServer,
  type Handler,
  type ScriptedServer,
} from '../unit/cloudflare/scriptedServer.ts';

const TOKEN = 'cfut_canary0123456789abcdef0123456789abcdef0123';
const call: ApiCall = {
  method: 'GET',
  path: '/things',
  resource: { product: 'Account', name: 'the list of things' },
};

describe('the client on a network', () => {
  let node: NodeFetch;
  const servers: ScriptedServer[] = [];
  before(() => {
    node = createNodeFetch();
  });
  after(() => node.close());
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  const serve = async (handle: Handler): Promise<ScriptedServer> => {
    const server = await startServer(handle);
    servers.push(server);
    return server;
  };
  const clientOf = (
    { origin }: ScriptedServer,
    options: { timeoutMs?: number; maxRetries?: number } = {},
  ): CloudflareClient =>
    new CloudflareClient({
      fetch: node.fetch,
      token: () => TOKEN,
      baseUrl: `${origin}/client/v4/`,
      baseDelay: 0.001,
      ...options,
    });
  const failure = async (answer: Promise<unknown>): Promise<CloudflareApiError> => {
    const error: unknown = await answer.then(
      () => assert.fail('it succeeded'),
      (reason: unknown) => reason,
    );
    return CloudflareApiError.of(error) ?? assert.fail(String(error));
  };

  it('sends the token and the query to the API’s address', async () => {
    const server = await serve((_, response) => sendSuccess(response, 'fine'));
    const query = { name: 'a b&c', page: 2, cursor: undefined };
    assert.equal(await clientOf(server).request({ ...call, query }, z.string()), 'fine');
    const [request] = server.received;
    assert.equal(request?.url, '/client/v4/things?name=a+b%26c&page=2');
    assert.equal(request.headers.authorization, `Bearer ${TOKEN}`);
  });

  it('takes the fetch of the runtime as well', async () => {
    const server = await serve((_, response) => sendSuccess(response, 'fine'));
    const client = new CloudflareClient({ fetch, token: () => TOKEN, baseUrl: server.origin });
    const body = { type: 'text/plain', content: new TextEncoder().encode('ü') };
    assert.equal(await client.request({ ...call, method: 'PUT', body }, z.string()), 'fine');
    assert.equal(server.received[0]?.body, 'ü');
    const elsewhere = await serve((_, response) =>
      response.writeHead(302, { location: server.origin }).end(),
    );
    const redirected = new CloudflareClient({ fetch, token: () => TOKEN, baseUrl: elsewhere.origin });
    assert.equal((await failure(redirected.request(call, z.string()))).failure, 'redirect');
    assert.equal(server.received.length, 1);
  });

  it('keeps one connection for requests one after another', async () => {
    const server = await serve((_, response) => sendSuccess(response, 'fine'));
    const client = clientOf(server);
    for (let i = 0; i < 20; i++) await client.request(call, z.string());
    assert.equal(server.connections(), 1);
  });

  it('keeps the connection after errors, too', async () => {
    const server = await serve((_, response) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          success: false,
          errors: [{ code: 7404, message: 'no' }],
          messages: [],
          result: null,
        }),
      ),
    );
    const client = clientOf(server);
    for (let i = 0; i < 5; i++) await failure(client.request(call, z.string()));
    assert.equal(server.connections(), 1);
  });

  for (const status of [301, 302, 303, 307, 308])
    it(`follows no redirect (${status}) and sends the token nowhere else`, async () => {
      const elsewhere = await serve((_, response) => sendSuccess(response, 'stolen'));
      const server = await serve((_, response) =>
        response.writeHead(status, { location: `${elsewhere.origin}/client/v4/things` }).end(),
      );
      const error = await failure(clientOf(server).request(call, z.string()));
      assert.equal(error.failure, 'redirect');
      assert.match(error.message, new RegExp(new URL(elsewhere.origin).host));
      assert.equal(server.received.length, 1);
      assert.equal(elsewhere.received.length, 0);
    });

  it('stops reading an answer that never ends', async () => {
    let sent = 0;
    const server = await serve((_, response) => {
      const part = Buffer.alloc(1 << 20, 'x');
      const more = (): void => {
        while (!response.destroyed && sent < 100 && response.write(part)) sent++;
        response.once('drain', more);
      };
      response.writeHead(200, { 'content-type': 'application/json' });
      more();
    });
    const error = await failure(clientOf(server).request({ ...call, maxBytes: 4 << 20 }, z.string()));
    assert.equal(error.failure, 'too-large');
    assert.ok(sent < 40, `${sent} MB were read`);
    assert.equal(server.received.length, 1);
  });

  it('refuses an announced size without reading', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 500e6 });
      response.write('{');
    });
    const error = await failure(clientOf(server).request(call, z.string()));
    assert.equal(error.failure, 'too-large');
  });

  it('counts the bytes of a compressed answer as they unfold', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = gzipSync(Buffer.alloc(40 << 20, ' '));
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    assert.equal((await failure(clientOf(server).request(call, z.string()))).failure, 'too-large');
  });

  it('takes an answer of a million brackets for what it is', async () => {
    const depth = 1e6;
    const server = await serve((_, response) =>
      response.end(`{"success":true,"errors":[],"result":${'['.repeat(depth)}${']'.repeat(depth)}}`),
    );
    const error = await failure(clientOf(server).request(call, z.array(z.string())));
    assert.equal(error.failure, 'malformed');
  });

  it('repeats a request whose answer was cut off', async () => {
    const server = await serve((_, response) => {
      if (server.received.length > 1) {
        sendSuccess(response, 'whole');
        return;
      }
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"success":true,', () => response.socket?.destroy());
    });
    assert.equal(await clientOf(server).request(call, z.string()), 'whole');
  });

  it('repeats a request whose connection was reset', async () => {
    const server = await serve((_, response) => {
      if (server.received.length > 1) {
        sendSuccess(response, 'there');
        return;
      }
      response.socket?.resetAndDestroy();
    });
    assert.equal(await clientOf(server).request(call, z.string()), 'there');
  });

  it('does not repeat what may have been done and is not safe to repeat', async () => {
    const server = await serve((_, response) => response.socket?.resetAndDestroy());
    const error = await failure(clientOf(server).request({ ...call, method: 'POST' }, z.string()));
    assert.equal(error.failure, 'reset');
    assert.equal(server.received.length, 1);
  });

  it('gives up a request that gets no answer in time, and repeats it', async () => {
    const server = await serve((_, response) => {
      if (server.received.length > 1) sendSuccess(response, 'late');
    });
    assert.equal(await clientOf(server, { timeoutMs: 300 }).request(call, z.string()), 'late');
  });

  it('says that the time was over', async () => {
    const server = await serve(() => undefined);
    const client = clientOf(server, { timeoutMs: 100, maxRetries: 0 });
    const error = await failure(client.request(call, z.string()));
    assert.equal(error.failure, 'timeout');
  });

  it('ends at once when the caller does not want it any more', async () => {
    const server = await serve(() => undefined);
    const controller = new AbortController();
    const answer = clientOf(server).request({ ...call, signal: controller.signal }, z.string());
    while (server.received.length === 0) await sleep(5);
    controller.abort(new Error('changed my mind'));
    await assert.rejects(answer, /changed my mind/);
    assert.equal(server.received.length, 1);
  });

  it('ends in the middle of an answer, too', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"success":');
    });
    const controller = new AbortController();
    const answer = clientOf(server).request({ ...call, signal: controller.signal }, z.string());
    while (server.received.length === 0) await sleep(5);
    await sleep(20);
    controller.abort(new Error('enough'));
    await assert.rejects(answer, /enough/);
  });

  it('sends nothing for a caller that is gone already', async () => {
    const server = await serve((_, response) => sendSuccess(response, 'fine'));
    const signal = AbortSignal.abort(new Error('gone'));
    await assert.rejects(clientOf(server).request({ ...call, signal }, z.string()), /gone/);
    assert.equal(server.received.length, 0);
  });

  it('says at once that there is no connection', async () => {
    const server = await startServer(() => undefined);
    await server.close();
    const client = clientOf(server);
    const atOnce = await failure(client.request(call, z.string()));
    assert.equal(atOnce.attempts, 1);
    const inBackground = await failure(client.request({ ...call, priority: 'background' }, z.string()));
    assert.equal(inBackground.failure, 'unreachable');
    assert.equal(inBackground.attempts, 4);
  });
});
