import type * as vscode from 'vscode';
import { CloudflareClient } from '../../cloudflare/client.ts';
import type { Settings } from '../settings.ts';

export interface ClientOptions {
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
  readonly token: () => string | Promise<string>;
  readonly maxRetries?: number | undefined;
}

/** Only `globalThis.fetch` of the extension host goes through the proxy and the certificates of VS Code's settings. */
export const createClient = ({ settings, log, token, ...retries }: ClientOptions): CloudflareClient =>
  new CloudflareClient({
    ...retries,
    fetch: (url, init) => globalThis.fetch(url, init),
    token,
    baseUrl: settings.cloudflareApiBaseUrl,
    log: { debug: (message) => log.debug(message), warn: (message) => log.warn(message) },
  });
