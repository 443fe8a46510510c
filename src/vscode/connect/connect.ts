import * as vscode from 'vscode';
import type { Account } from '../../cloudflare/account.ts';
import { type Place, timeTravelBookmark } from '../../cloudflare/d1Databases.ts';
import { findResources, provision, type Provisioned } from '../../cloudflare/provision.ts';
import { defaultPooling } from '../../cloudflare/workersAiModels.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { oneLine } from '../plainText.ts';
import { say } from '../say.ts';
import { askToken } from './askToken.ts';
import { type CheckedToken, checkToken } from './checkToken.ts';
import { chooseAccount } from './chooseAccount.ts';
import {
  choosePlace,
  chooseResources,
  dimensionsOf,
  findCandidates,
  isNew,
  type ResourceOptions,
} from './chooseResources.ts';
import { consent, type Plan } from './consent.ts';
import { offerCopy } from './copyMemories.ts';
import { withProgress } from './progress.ts';

/** Answers in advance, for key bindings and tests; what leaves the machine is always asked. */
export interface ConnectOptions extends ResourceOptions {
  readonly token?: string | undefined;
  readonly account?: string | undefined;
  readonly place?: Place | undefined;
}

const title = (): string => vscode.l10n.t('Connect to Cloudflare');

/** From a token to memories in the person's own account. Answers the connection; undefined when they leave on the way. */
export async function connect(services: CommandServices, given?: unknown): Promise<CloudTarget | undefined> {
  const options = (given ?? {}) as ConnectOptions;
  const token = await tokenOf(services, options);
  if (token === undefined) return undefined;
  const account = await chooseAccount(token, options.account);
  if (account === undefined) return undefined;
  const plan = await makePlan(token, account, options);
  if (plan === undefined || !(await consent(plan))) return undefined;
  if (plan.bookmark !== undefined)
    services.log.info(
      `D1 Time Travel bookmark of ${plan.chosen.database} before the first change: ${plan.bookmark}`,
    );
  const target = await withProgress(title(), async ({ signal, say: step }) => {
    const made = await provide(token, plan, { signal, onProgress: step });
    step(vscode.l10n.t('Preparing the database'));
    return activate(services, token, targetOf(plan, made));
  });
  say(vscode.l10n.t('Connected to {0}', oneLine(account.name, 40)));
  await offerCopy(services, target);
  return target;
}

async function tokenOf(
  services: CommandServices,
  { token, account }: ConnectOptions,
): Promise<CheckedToken | undefined> {
  const check = (text: string, signal: AbortSignal): Promise<CheckedToken> =>
    checkToken(services, text, { account, signal });
  return token === undefined
    ? askToken({ title: title(), check })
    : withProgress(title(), ({ signal }) => check(token, signal));
}

/** Reads what the account has and asks what to use of it; changes nothing. */
async function makePlan(
  { client }: CheckedToken,
  account: Account,
  options: ConnectOptions,
): Promise<Plan | undefined> {
  const found = await withProgress(title(), async ({ signal, say: step }) => {
    step(vscode.l10n.t('Looking for memories in the account'));
    const resources = await findResources(client, account.id, { signal });
    const found = { client, account: account.id, resources };
    return { ...found, candidates: await findCandidates(found, signal) };
  });
  const { resources } = found;
  const chosen = await chooseResources(found, found.candidates, options);
  if (chosen === undefined) return undefined;
  const place = options.place ?? (isNew(resources, chosen) ? await choosePlace() : {});
  if (place === undefined) return undefined;
  const untouched = chosen.inspection?.state.schemaVersion === 0;
  const database = resources.databases.find(
    ({ id, name }) => id === chosen.database || name === chosen.database,
  );
  const bookmark =
    untouched && database !== undefined ? await bookmarkOf(client, account.id, database.id) : undefined;
  return { account, resources, chosen, place, bookmark };
}

/** A token without the right to read the history connects all the same. */
const bookmarkOf = async (...args: Parameters<typeof timeTravelBookmark>): Promise<string | undefined> => {
  try {
    return await timeTravelBookmark(...args);
  } catch (error) {
    if (MemoryError.is(error)) return undefined;
    throw error;
  }
};

function provide(
  { client }: CheckedToken,
  { account, resources, chosen, place }: Plan,
  options: { signal: AbortSignal; onProgress: (step: string) => void },
): Promise<Provisioned> {
  const dimensions = dimensionsOf(resources, chosen);
  if (dimensions === undefined)
    throw new MemoryError(
      'misconfigured',
      `The dimensions of the model ${chosen.model} are not known, so no index can be made for it.`,
      'Choose an index that was made for it.',
    );
  const { database, index, bucket } = chosen;
  return provision(client, account.id, resources, { database, index, bucket, dimensions, ...place }, options);
}

const targetOf = (
  { account, chosen, place }: Plan,
  { database, index, bucket }: Provisioned,
): CloudTarget => ({
  account: account.id,
  accountName: account.name,
  database: { id: database.id, name: database.name },
  index: index.name,
  ...(bucket !== undefined && { bucket }),
  ...(place.jurisdiction !== undefined && { jurisdiction: place.jurisdiction }),
  model: chosen.model,
  pooling: defaultPooling(chosen.model),
});

/** Keeps the token and opens the store; where that fails, everything is as it was before. */
async function activate(
  { connection, store }: CommandServices,
  { token }: CheckedToken,
  target: CloudTarget,
): Promise<CloudTarget> {
  const before = await connection.readIfPossible();
  const tokenBefore = await connection.tokens.get(target.account);
  await connection.tokens.set(target.account, token);
  await connection.use(target);
  try {
    await store.active();
    return target;
  } catch (error) {
    await connection.use(before);
    if (tokenBefore === undefined) await connection.tokens.delete(target.account);
    else await connection.tokens.set(target.account, tokenBefore);
    throw error;
  }
}
