import { request } from 'node:http';
import type { WindowRecord } from '../../local/windowRecords.ts';
import type { Exchange, Peer } from './peer.ts';

/** The server of a running window. */
export const windowPeer =
  ({ socket, nonce }: WindowRecord): Peer =>
  (headers, body, signal) =>
    new Promise<Exchange>((resolve, reject) => {
      const outgoing = request(
        {
          socketPath: socket,
          path: '/mcp',
          method: 'POST',
          signal,
          headers: {
            ...headers,
            host: 'localhost',
            authorization: `Bearer ${nonce}`,
            'content-length': Buffer.byteLength(body),
          },
        },
        (incoming) =>
          resolve({
            status: incoming.statusCode ?? 0,
            contentType: incoming.headers['content-type'] ?? '',
            body: incoming,
          }),
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
