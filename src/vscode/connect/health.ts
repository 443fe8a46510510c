import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { examineParts, type PartHealth } from '../../cloudflare/partHealth.ts';
import { targetConfig } from '../../cloudflare/targetConfig.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { describeMode } from '../effectiveMode.ts';
import { isCancellation } from '../errors.ts';
import { oneLine } from '../plainText.ts';
import type { Services } from '../services.ts';
import { createClient, endpointAccess } from './client.ts';
import { failed, type Health, partInWords } from './healthInWords.ts';
import { number } from '../numbers.ts';
import { withProgress } from '../progress.ts';

/** Tries each part that the memory stands on; answers what it shows. */
export async function health(services: CommandServices): Promise<readonly Health[]> {
  const target = await services.connection.read();
  const checked = await withProgress(
    vscode.l10n.t('Checking the health of Edge Memory'),
    async ({ signal }) =>
      target === undefined ? [await embedded(services, signal)] : connected(services, target, signal),
  );
  for (const { part, state, ms, detail, nextStep } of checked)
    services.log.info([`Health: ${part} ${state}, ${ms} ms.`, detail, nextStep].filter(Boolean).join(' '));
  void show(checked, target);
  return checked;
}

const embedded = (services: CommandServices, signal: AbortSignal): Promise<Health> =>
  timed(vscode.l10n.t('This machine'), async () => {
    const [{ database, fileBytes }, stats] = await Promise.all([
      services.store.describe({ signal }),
      services.store.stats({ signal }),
    ]);
    return vscode.l10n.t(
      '{0} memories in {1} ({2} MB), search: {3}',
      number(stats.live),
      database,
      (fileBytes / 1e6).toFixed(1),
      describeMode(stats.mode),
    );
  });

async function connected(
  services: CommandServices,
  target: CloudTarget,
  signal: AbortSignal,
): Promise<Health[]> {
  const parts = await examineConnected(services, target, signal);
  return parts.map((part) => partInWords(part, target));
}

/** What the parts of the connected account show. */
export async function examineConnected(
  { connection, settings, log }: Services,
  target: CloudTarget,
  signal: AbortSignal,
): Promise<PartHealth[]> {
  const token = (await connection.tokens.get(target.account)) ?? '';
  // A check that retries says less than one that fails.
  const client = createClient({ settings, log, token: () => token, maxRetries: 0 });
  const access = endpointAccess(connection.tokens);
  return examineParts({ client, access, config: targetConfig(target), call: { signal } });
}

async function timed(part: string, check: () => Promise<string>): Promise<Health> {
  const began = performance.now();
  const ms = (): number => Math.round(performance.now() - began);
  try {
    return { part, state: 'healthy', detail: await check(), ms: ms() };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return failed(part, error, ms());
  }
}

const SIGNS = { healthy: 'pass', warning: 'warning', unhealthy: 'error' } as const;

async function show(checked: readonly Health[], target: CloudTarget | undefined): Promise<void> {
  const title =
    target === undefined
      ? vscode.l10n.t('Edge Memory: health')
      : vscode.l10n.t('Edge Memory: health of {0}', oneLine(target.accountName, 60));
  const picked = await vscode.window.showQuickPick(
    checked.map(({ part, state, ms, detail, nextStep, action }) => ({
      label: `$(${SIGNS[state]}) ${part}`,
      description: `${ms} ms`,
      detail: oneLine([nextStep, detail].filter(Boolean).join(' · '), 300),
      action,
    })),
    {
      title,
      placeHolder: vscode.l10n.t('A row that needs something leads to it; all details are in the log'),
    },
  );
  if (picked?.action !== undefined) await vscode.commands.executeCommand(picked.action);
}
