import path from 'node:path';
import {
  apiSettingsOf,
  backendOf,
  cloudEnvironmentOf,
  type CloudEnvironment,
  optionalVariable,
  tuningOf,
} from '../cloudflare/environment.ts';
import { targetConfig } from '../cloudflare/targetConfig.ts';
import { databaseIn } from '../local/paths.ts';
import { chosenDataFolder } from './dataFolder.ts';
import { type CloudTarget, readStoreConfig } from '../local/storeConfig.ts';
import { MemoryError } from '../memory/errors.ts';
import type { Cli } from './cli.ts';
import type { CliVariables } from './variables.ts';

export type StoreChoice =
  | { readonly kind: 'local'; readonly database: string }
  | {
      readonly kind: 'cloudflare';
      readonly settings: CloudEnvironment;
      /** Local-first was asked for, which does not exist yet. */
      readonly hybrid: boolean;
    };

const BACKEND = 'MCP_MEMORY_STORAGE_BACKEND';

/** With the local store's own options, whatever else is chosen. */
export const localChoice = (cli: Cli): Extract<StoreChoice, { kind: 'local' }> => {
  const chosen = cli.options().database ?? process.env['EDGE_MEMORY_DATABASE'];
  return { kind: 'local', database: chosen ? path.resolve(chosen) : databaseIn(chosenDataFolder()) };
};

/**
 * Which store a command works on: what the options say, else MCP_MEMORY_STORAGE_BACKEND, else EDGE_MEMORY_DATABASE, else
 * the store that is active for every face. Rejects with a `MemoryError` where that is not all set.
 */
export const chooseStore = async (cli: Cli): Promise<StoreChoice> => {
  const { local, database } = cli.options();
  if (local) return localChoice(cli);
  const variables = cli.variables();
  const { values } = variables;
  const backend = backendOf(values);
  if (backend !== 'local') {
    if (database !== undefined) throw bothChosen(backend);
    return { kind: 'cloudflare', settings: cloudEnvironmentOf(values), hybrid: backend === 'hybrid' };
  }
  const isNamed = optionalVariable(values, BACKEND) !== undefined || database !== undefined;
  if (isNamed || process.env['EDGE_MEMORY_DATABASE']) return localChoice(cli);
  const { active } = await readStoreConfig(chosenDataFolder());
  if (active === 'local') return localChoice(cli);
  return { kind: 'cloudflare', settings: settingsFor(active, variables), hybrid: false };
};

/** The connection of config.json, with the token of this process. */
const settingsFor = (target: CloudTarget, { values, dotEnv }: CliVariables): CloudEnvironment => {
  const api = apiSettingsOf(values);
  if (api.token === '')
    throw new MemoryError(
      'misconfigured',
      `The memories are in the Cloudflare account ${target.accountName}, and CLOUDFLARE_API_TOKEN is not set.`,
      'Set it in the environment, or add --local to use the memories on this machine; edge-memory disconnect makes that last.',
    );
  const { maxRetries = api.maxRetries, baseDelay = api.baseDelay } = { ...target, ...tuningOf(values) };
  return {
    ...api,
    maxRetries,
    baseDelay,
    // The folder's .env may not lead the memories of this connection elsewhere.
    baseUrl: dotEnv?.names.has('CLOUDFLARE_API_BASE_URL') ? undefined : api.baseUrl,
    config: targetConfig({ ...target, ...tuningOf(values) }),
  };
};

const bothChosen = (backend: string): MemoryError =>
  new MemoryError(
    'invalid-input',
    `${BACKEND} is “${backend}”, but --database names a file on this machine.`,
    'Add --local to use that file, or leave --database out.',
  );
