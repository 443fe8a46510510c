import { CloudflareClient } from '../cloudflare/client.ts';
import type { ApiSettings } from '../cloudflare/environment.ts';
import type { EndpointAccess } from '../cloudflare/embeddingChoice.ts';
import { createNodeFetch } from '../cloudflare/nodeFetch.ts';
import { RateBudget } from '../cloudflare/rateBudget.ts';
import type { Cli } from './cli.ts';
import { debug, warn } from './log.ts';

export interface OpenClient {
  readonly client: CloudflareClient;
  /** The way to an embedding server. */
  readonly access: EndpointAccess;
  readonly close: () => Promise<void>;
}

/** A client of Cloudflare's API that says on standard error when it has to wait. */
export const openClient = (
  cli: Cli,
  { token, maxRetries, baseDelay, baseUrl, embeddingKey }: ApiSettings,
): OpenClient => {
  const network = createNodeFetch();
  const client = new CloudflareClient({
    fetch: network.fetch,
    token: () => token,
    maxRetries,
    baseDelay,
    baseUrl,
    budget: new RateBudget({
      onWait: ({ ms }) =>
        warn(cli, `Waiting ${Math.ceil(ms / 1000)} s: Cloudflare limits the rate of requests.`),
    }),
    log: { debug: (message) => debug(cli, message), warn: (message) => warn(cli, message) },
  });
  const access = { fetch: network.fetch, key: () => embeddingKey };
  return { client, access, close: () => network.close() };
};
