import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createNodeFetch } from '../../../src/cloudflare/nodeFetch.ts';
import { sendSuccess, startServer } from './scriptedServer.ts';

const NAMES = ['http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY'] as const;

/** A proxy that takes CONNECT with this user and password. */
const startProxy = async (credentials: string) => {
  const tunnels: string[] = [];
  const server = createServer();
  server.on('connect', (request, client, head) => {
    const given = request.headers['proxy-authorization'];
    if (given !== `Basic ${Buffer.from(credentials).toString('base64')}`) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    tunnels.push(request.url ?? '');
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    for (const socket of [client, upstream]) socket.on('error', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, tunnels, server };
};

describe('fetch outside the extension host', () => {
  const saved = NAMES.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of saved)
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
  });

  const get = async (url: string): Promise<number> => {
    const node = createNodeFetch();
    try {
      const signal = AbortSignal.timeout(5000);
      const response = await node.fetch(url, { method: 'GET', headers: {}, redirect: 'manual', signal });
      await response.body?.cancel();
      return response.status;
    } finally {
      await node.close();
    }
  };

  it('goes through the proxy of the environment, with its password', async () => {
    const proxy = await startProxy('ann:secret');
    const target = await startServer((_, response) => sendSuccess(response, 'x'));
    process.env['http_proxy'] = `http://ann:secret@127.0.0.1:${proxy.port}`;
    Reflect.deleteProperty(process.env, 'no_proxy');
    Reflect.deleteProperty(process.env, 'NO_PROXY');
    try {
      assert.equal(await get(`${target.origin}/x`), 200);
      assert.deepEqual(proxy.tunnels, [new URL(target.origin).host]);
      process.env['no_proxy'] = '127.0.0.1';
      assert.equal(await get(`${target.origin}/y`), 200);
      assert.equal(proxy.tunnels.length, 1);
    } finally {
      await target.close();
      proxy.server.closeAllConnections();
      proxy.server.close();
    }
  });
});
