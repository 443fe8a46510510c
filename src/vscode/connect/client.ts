import * as vscode from 'vscode';
import { CloudflareClient } from '../../cloudflare/client.ts';
import type { EndpointAccess } from '../../cloudflare/embeddingChoice.ts';
import type { Fetch } from '../../cloudflare/http.ts';
import { type BudgetWait, RateBudget } from '../../cloudflare/rateBudget.ts';
import type { Settings } from '../settings.ts';
import type { Tokens } from './tokens.ts';

export interface ClientOptions {
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
  readonly token: () => string | Promise<string>;
  readonly maxRetries?: number | undefined;
  /** Seconds. */
  readonly baseDelay?: number | undefined;
}

/** Only `globalThis.fetch` of the extension host goes through the proxy and the certificates of VS Code's settings. */
const hostFetch: Fetch = (url, init) => globalThis.fetch(url, init);

/** One for all requests of this window, by its log: Cloudflare counts them together. */
const budgets = new WeakMap<vscode.LogOutputChannel, RateBudget>();

function budgetOf(log: vscode.LogOutputChannel): RateBudget {
  const budget = budgets.get(log) ?? new RateBudget({ onWait: (wait) => sayWaiting(log, wait) });
  budgets.set(log, budget);
  return budget;
}

/** Shorter waits nobody notices. Milliseconds. */
const NOTICED = 2000;

function sayWaiting(log: vscode.LogOutputChannel, { ms, priority, reason }: BudgetWait): void {
  const seconds = Math.ceil(ms / 1000);
  log.info(`Requests to Cloudflare wait ${seconds} s (${priority}, ${reason}).`);
  if (ms < NOTICED || priority === 'background') return;
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('$(watch) Edge Memory waits {0} s: Cloudflare limits the rate of requests', seconds),
    ms,
  );
}

export const createClient = ({ settings, log, token, ...retries }: ClientOptions): CloudflareClient =>
  new CloudflareClient({
    ...retries,
    fetch: hostFetch,
    token,
    baseUrl: settings.cloudflareApiBaseUrl,
    budget: budgetOf(log),
    log: { debug: (message) => log.debug(message), warn: (message) => log.warn(message) },
  });

/** The way to an embedding server, with the key that VS Code keeps for it. */
export const endpointAccess = (tokens: Tokens): EndpointAccess => ({
  fetch: hostFetch,
  key: async () => tokens.embeddingKey(),
});
