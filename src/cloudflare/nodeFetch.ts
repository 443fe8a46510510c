import { EnvHttpProxyAgent, fetch } from 'undici';
import type { Fetch } from './http.ts';

export interface NodeFetch {
  readonly fetch: Fetch;
  /** Ends the connections that are kept open. */
  close(): Promise<void>;
}

/**
 * fetch for the terminal and stdio: one pool of kept connections, through the proxy of HTTPS_PROXY, HTTP_PROXY and
 * NO_PROXY; Node itself reads NODE_EXTRA_CA_CERTS. Not for the extension host, where only its own fetch knows VS
 * Code's proxy settings.
 */
export const createNodeFetch = (): NodeFetch => {
  const dispatcher = new EnvHttpProxyAgent({ connections: 16, keepAliveTimeout: 30_000 });
  return {
    fetch: (url, init) => fetch(url, { ...init, dispatcher }),
    close: () => dispatcher.destroy(),
  };
};
