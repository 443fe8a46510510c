import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, type Server } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { promisify } from 'node:util';

/** A name that no resolver knows: only the proxy leads there. */
const HOST = 'api.cloudflare.test';

export interface CorporateNetwork {
  /** Of the API, as it is reached through the proxy. */
  readonly baseUrl: string;
  /** With user and password. */
  readonly proxyUrl: string;
  /** The certificate of the private authority, as a PEM file. */
  readonly authority: string;
  /** How many tunnels were opened with the right password, and refused without. */
  readonly tunnels: { opened: number; refused: number };
  /** Requests to the API that did not come out of the proxy. */
  readonly outside: number;
  close(): Promise<void>;
}

/**
 * What stands between an employee and the network: a CONNECT proxy with Basic authentication, and behind it the API
 * with a certificate of a private authority.
 */
export async function startCorporateNetwork(target: string, folder: string): Promise<CorporateNetwork> {
  const certificate = await makeCertificate(folder);
  const fromProxy = new Set<number>();
  let outside = 0;
  const front = createTlsServer(certificate, (incoming, outgoing) => {
    if (!fromProxy.has(incoming.socket.remotePort ?? 0)) outside++;
    const { hostname, port } = new URL(target);
    const { method, url, headers } = incoming;
    const onward = request({ hostname, port, method, path: url, headers: { ...headers, host: hostname } });
    onward.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.once('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  const port = await listen(front);

  const credentials = 'ann:corporate secret';
  const tunnels = { opened: 0, refused: 0 };
  const proxy = createServer((_, answer) => answer.writeHead(400).end());
  /** The proxy itself no longer knows those of its tunnels. */
  const clients = new Set<Duplex>();
  proxy.on('connect', ({ headers, url = '' }, client, head) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('close', () => clients.delete(client));
    if (headers['proxy-authorization'] !== `Basic ${Buffer.from(credentials).toString('base64')}`) {
      tunnels.refused++;
      client.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="corp"\r\nContent-Length: 0\r\n\r\n',
      );
      return;
    }
    if (url !== `${HOST}:443`) {
      client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    tunnels.opened++;
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    upstream.once('connect', () => fromProxy.add(upstream.localPort ?? 0));
    upstream.on('error', () => client.destroy());
  });
  const proxyPort = await listen(proxy);
  return {
    baseUrl: `https://${HOST}${new URL(target).pathname}`,
    proxyUrl: `http://${encodeURIComponent('ann')}:${encodeURIComponent('corporate secret')}@127.0.0.1:${proxyPort}`,
    authority: certificate.authority,
    tunnels,
    get outside() {
      return outside;
    },
    close: async () => {
      front.closeAllConnections();
      proxy.closeAllConnections();
      for (const client of clients) client.destroy();
      await Promise.all([front, proxy].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** An authority, and a certificate of its for the host. */
async function makeCertificate(folder: string): Promise<{ key: Buffer; cert: Buffer; authority: string }> {
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...args: string[]) => promisify(execFile)('openssl', args);
  const key = (name: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', at(`${name}.key`)];
  const subject = (name: string) => ['-subj', `/CN=${name}`];
  const usage = 'basicConstraints=critical,CA:TRUE';
  await openssl(
    'req',
    '-x509',
    ...key('ca'),
    ...subject('Private Authority'),
    '-days',
    '2',
    '-addext',
    usage,
    '-out',
    at('ca.pem'),
  );
  await openssl(
    ...['req', '-x509', ...key('host'), ...subject(HOST), '-days', '2', '-out', at('host.pem')],
    ...['-CA', at('ca.pem'), '-CAkey', at('ca.key')],
    ...['-addext', `subjectAltName=DNS:${HOST}`, '-addext', 'basicConstraints=CA:FALSE'],
  );
  return {
    key: await readFile(at('host.key')),
    cert: await readFile(at('host.pem')),
    authority: at('ca.pem'),
  };
}
