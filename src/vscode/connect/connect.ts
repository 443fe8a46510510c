import * as vscode from 'vscode';
import type { Account } from '../../cloudflare/account.ts';
import { mayWrite } from '../../cloudflare/cloudSchema.ts';
import { D1Database } from '../../cloudflare/d1.ts';
import { type Place, timeTravelBookmark } from '../../cloudflare/d1Databases.ts';
import { createEmbedder } from '../../cloudflare/embeddingChoice.ts';
import type { Tuning } from '../../cloudflare/environment.ts';
import {
  findResources,
  provision,
  type Provisioned,
  type ResourceKind,
  resourcesBeside,
} from '../../cloudflare/provision.ts';
import { targetOf } from '../../cloudflare/targetConfig.ts';
import { wranglerLines } from '../../cloudflare/wranglerLines.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { EmbeddingModel } from '../../memory/ports.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { describeError } from '../errors.ts';
import { oneLine } from '../plainText.ts';
import { say } from '../say.ts';
import { askToken } from './askToken.ts';
import { type CheckedToken, checkToken } from './checkToken.ts';
import { chooseAccount } from './chooseAccount.ts';
import {
  choosePlace,
  chooseResources,
  findCandidates,
  isNew,
  type ResourceOptions,
} from './chooseResources.ts';
import { endpointAccess } from './client.ts';
import { consent, type Plan } from './consent.ts';
import { offerCopy } from './copyMemories.ts';
import { type Running, withProgress } from '../progress.ts';

/** Answers in advance, for key bindings and tests; what leaves the machine is always asked. */
export interface ConnectOptions extends ResourceOptions {
  readonly token?: string | undefined;
  readonly account?: string | undefined;
  readonly place?: Place | undefined;
  readonly tuning?: Tuning | undefined;
}

const title = (): string => vscode.l10n.t('Connect to Cloudflare');

/** From a token to memories in the person's own account. Answers the connection; undefined when they leave on the way. */
export async function connect(services: CommandServices, given?: unknown): Promise<CloudTarget | undefined> {
  const { embeddingModel: model, embeddingEndpoint: endpoint } = services.settings;
  const options = { model, endpoint, ...((given ?? {}) as ConnectOptions) };
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
    step(vscode.l10n.t('Asking the model'));
    const model = await modelOf(services, token, plan, signal);
    const made = await provide(token, plan, model, { signal, say: step });
    step(vscode.l10n.t('Preparing the database'));
    const { choice } = plan.chosen;
    const { jurisdiction } = plan.place;
    const { tuning } = options;
    return activate(services, token, targetOf({ account, made, jurisdiction, choice, model, tuning }));
  });
  await greet(services, token, target);
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
  const chosen = await chooseResources(found, found.candidates, options);
  if (chosen === undefined) return undefined;
  const picked = options.place ?? (isNew(chosen) ? await choosePlace() : {});
  if (picked === undefined) return undefined;
  const { jurisdiction = picked.jurisdiction } = chosen;
  const { resources } = await resourcesBeside(client, account.id, {
    resources: chosen.resources,
    database: undefined,
    listed: chosen.jurisdiction,
    wanted: jurisdiction,
  });
  const untouched = chosen.inspection?.state.schemaVersion === 0;
  const database = resources.databases.find(
    ({ id, name }) => id === chosen.database || name === chosen.database,
  );
  const bookmark =
    untouched && database !== undefined ? await bookmarkOf(client, account.id, database.id) : undefined;
  return { account, resources, chosen, place: { ...picked, jurisdiction }, bookmark };
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

/** Asks the model once: whether the token, or the server, gives vectors, and of how many dimensions. */
async function modelOf(
  { connection, log }: CommandServices,
  { client }: CheckedToken,
  { account, chosen }: Plan,
  signal: AbortSignal,
): Promise<EmbeddingModel> {
  const access = endpointAccess(connection.tokens);
  const embedder = await createEmbedder({ client, account: account.id, access, log }, chosen.choice, {
    signal,
  });
  await embedder.embed(['memory'], { signal });
  return embedder.model;
}

async function provide(
  { client }: CheckedToken,
  { account, resources, chosen, place }: Plan,
  { dimensions }: EmbeddingModel,
  { signal, say: step }: Running,
): Promise<Provisioned> {
  const { database, index, bucket } = chosen;
  try {
    const choice = { database, index, bucket, dimensions, ...place };
    const onProgress = (kind: ResourceKind, name: string): void => step(creating(kind, name));
    return await provision(client, account.id, resources, choice, { signal, onProgress });
  } catch (error) {
    if (!MemoryError.is(error, 'forbidden')) throw error;
    void offerCommands(error, wranglerLines(resources, { database, index, bucket, dimensions, ...place }));
    throw new vscode.CancellationError(); // said already
  }
}

const creating = (kind: ResourceKind, name: string): string => {
  switch (kind) {
    case 'database':
      return vscode.l10n.t('Creating the D1 database {0}', name);
    case 'index':
      return vscode.l10n.t('Creating the Vectorize index {0}', name);
    case 'bucket':
      return vscode.l10n.t('Creating the R2 bucket {0}', name);
  }
};

/** Who may not create what is missing can hand the guide's commands to somebody who may. */
async function offerCommands(error: MemoryError, lines: readonly string[]): Promise<void> {
  const copy = vscode.l10n.t('Copy Commands');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'Not connected, because something is missing that this token may not create. {0} Or copy the commands with which an administrator of the account creates it, and connect again.',
      describeError(error),
    ),
    copy,
  );
  if (answer === copy) await vscode.env.clipboard.writeText(`${lines.join('\n')}\n`);
}

/** A token that may only read connects all the same; copying is not offered then. */
export async function greet(
  services: CommandServices,
  { client }: Pick<CheckedToken, 'client'>,
  target: CloudTarget,
): Promise<void> {
  const { account, accountName, database } = target;
  const sql = new D1Database({ client, account, database: database.id, name: database.name });
  if (!(await mayWrite(sql))) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Connected to {0}, read-only: the token lacks “D1 Edit”. Memories can be found, and not stored or changed.',
        oneLine(accountName, 40),
      ),
    );
    return;
  }
  say(vscode.l10n.t('Connected to {0}', oneLine(accountName, 40)));
  await offerCopy(services, target);
}

/** Keeps the token and opens the store; where that fails, everything is as it was before. */
async function activate(
  { connection, store }: CommandServices,
  { token }: CheckedToken,
  target: CloudTarget,
): Promise<CloudTarget> {
  const before = await connection.readIfPossible();
  const tokenBefore = await connection.tokens.kept(target.account);
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
