import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { listAccounts, verifyToken } from '../../src/cloudflare/account.ts';
import { apiPath } from '../../src/cloudflare/apiPath.ts';
import { CloudflareClient } from '../../src/cloudflare/client.ts';
import type { Fetch } from '../../src/cloudflare/http.ts';
import { createNodeFetch } from '../../src/cloudflare/nodeFetch.ts';
import type { CloudStore } from '../../src/cloudflare/cloudStore.ts';
import { openCloudStore } from '../../src/cloudflare/openCloudStore.ts';
import { D1Database } from '../../src/cloudflare/d1.ts';
import { findResources, provision } from '../../src/cloudflare/provision.ts';
import { VectorizeIndex } from '../../src/cloudflare/vectorize.ts';
import { RequestLog, type LoggedRequest } from '../emulator/requestLog.ts';
import { startEmulatorProcess } from '../harness/emulatorProcess.ts';
import { root } from '../harness/paths.ts';

const DIMENSIONS = 768;

/** A new memory in an account, and the requests that were sent for it. */
export interface CloudAccount {
  readonly store: CloudStore;
  readonly log: RequestLog;
  /** For connecting and making the resources. */
  readonly requestsToConnect: number;
  /** Asks the database for nothing: what one round trip takes, whatever is asked. */
  readonly empty: () => Promise<unknown>;
  /** The same memory as it is after so many milliseconds: Vectorize shows everything, and nothing is fresh any more. */
  readonly later: (ms: number) => Promise<CloudStore>;
  close(): Promise<void>;
}

/** The emulator in a process of its own, so that its work is not taken for that of the engine. */
export const emulatedAccount = async (latencyMs: number): Promise<CloudAccount> => {
  const emulator = await startEmulatorProcess(root, ['--latency', String(latencyMs), '--unlimited']);
  const { baseUrl, token } = emulator;
  return openAccount({ baseUrl, token, names: {}, end: () => emulator.stop() });
};

/** The account of CLOUDFLARE_API_TOKEN: resources of its own, which are removed at the end. */
export const realAccount = async (): Promise<CloudAccount> => {
  const token = process.env['CLOUDFLARE_API_TOKEN'] ?? '';
  if (token === '')
    throw new Error('Set CLOUDFLARE_API_TOKEN, and CLOUDFLARE_ACCOUNT_ID where it reaches several accounts.');
  const name = `edge-memory-bench-${randomBytes(4).toString('hex')}`;
  return openAccount({
    baseUrl: process.env['CLOUDFLARE_API_BASE_URL'],
    token,
    names: { database: name, index: name },
    end: async (client, account, database) => {
      const path = apiPath`/accounts/${account}/d1/database/${database}`;
      const resource = { product: 'D1', name: `the database ${name}` } as const;
      await Promise.all([
        client.request({ method: 'DELETE', path, resource }, z.unknown()),
        new VectorizeIndex({ client, account, index: name }).remove(),
      ]);
    },
  });
};

interface Opening {
  readonly baseUrl: string | undefined;
  readonly token: string;
  readonly names: { readonly database?: string; readonly index?: string };
  readonly end: (client: CloudflareClient, account: string, database: string) => Promise<void>;
}

const openAccount = async ({ baseUrl, token, names, end }: Opening): Promise<CloudAccount> => {
  const network = createNodeFetch();
  const log = new RequestLog();
  const client = new CloudflareClient({ fetch: logged(network.fetch, log), token: () => token, baseUrl });
  await verifyToken(client);
  const accounts = await listAccounts(client);
  const wanted = process.env['CLOUDFLARE_ACCOUNT_ID'];
  const account = accounts.find(({ id }) => id === wanted) ?? accounts[0];
  if (account === undefined) throw new Error('The token reaches no account.');
  const found = await findResources(client, account.id);
  const made = await provision(client, account.id, found, { ...names, bucket: null, dimensions: DIMENSIONS });
  const config = { account: account.id, database: made.database.id, index: made.index.name };
  const store = await openCloudStore({ client, config });
  return {
    store,
    log,
    requestsToConnect: log.entries.length,
    empty: () =>
      new D1Database({ client, account: account.id, database: made.database.id }).read([{ sql: 'SELECT 1' }]),
    later: (ms) => openCloudStore({ client, config, now: () => Date.now() + ms }),
    close: async () => {
      await store.close();
      await end(client, account.id, made.database.id);
      await network.close();
    },
  };
};

/** The client's own view of the requests: from sending one until its answer begins. */
const logged =
  (fetch: Fetch, log: RequestLog): Fetch =>
  async (url, init) => {
    const entry: LoggedRequest = {
      method: init.method,
      path: new URL(url).pathname,
      requestBytes: init.body?.length ?? 0,
      start: performance.now(),
    };
    log.entries.push(entry);
    const response = await fetch(url, init);
    entry.end = performance.now();
    entry.status = response.status;
    return response;
  };
