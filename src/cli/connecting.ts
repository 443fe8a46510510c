import { NEW_DATABASE } from '../cloudflare/cloudSchema.ts';
import { apiSettingsOf, optionalVariable, tuningOf } from '../cloudflare/environment.ts';
import type { CloudStore } from '../cloudflare/cloudStore.ts';
import { openCloudStore } from '../cloudflare/openCloudStore.ts';
import { targetConfig, targetOf } from '../cloudflare/targetConfig.ts';
import { provision, type Provisioned, resourceInWords, USUAL_NAMES } from '../cloudflare/provision.ts';
import { chosenDataFolder } from './dataFolder.ts';
import { type CloudTarget, writeStoreConfig } from '../local/storeConfig.ts';
import { MemoryError } from '../memory/errors.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { Cli } from './cli.ts';
import { openClient } from './cloudClient.ts';
import { type Connecting, isUnprepared, makePlan, type Plan } from './connectPlan.ts';
import { administratorLines, planText } from './connectPlanText.ts';
import { copyFromHere } from './copying.ts';
import { EXIT } from './exitCodes.ts';
import { inert } from './inertText.ts';
import { readToken } from './input.ts';
import { answer, confirmed, counted, isAttended, note, progress } from './output.ts';

export interface ConnectOptions {
  readonly account?: string;
  readonly databaseName?: string;
  readonly index?: string;
  readonly r2Bucket?: string;
  /** False: --no-bucket. */
  readonly bucket: boolean;
  readonly model?: string;
  readonly endpoint?: string;
  readonly location?: string;
  readonly jurisdiction?: string;
  /** False: --no-copy. */
  readonly copy?: boolean;
  readonly yes?: boolean;
}

/** Finds or makes the resources, prepares the database and makes it the active store of every face. */
export const connect = async (cli: Cli, options: ConnectOptions): Promise<void> => {
  if (cli.options().database !== undefined)
    throw new MemoryError(
      'invalid-input',
      '--database names a file on this machine, not a database in Cloudflare.',
      'Name a D1 database with --database-name.',
    );
  const { values } = cli.variables();
  const api = apiSettingsOf(values);
  const token = api.token === '' ? await readToken(cli.signal) : api.token;
  const variable = (name: string) => optionalVariable(values, name);
  const { client, access, close } = openClient(cli, { ...api, token });
  const databaseName = options.databaseName ?? variable('CLOUDFLARE_D1_DATABASE_ID');
  const connecting: Connecting = {
    cli,
    client,
    access,
    wanted: {
      account: options.account ?? variable('CLOUDFLARE_ACCOUNT_ID'),
      database: databaseName ?? USUAL_NAMES.database,
      isDatabaseNamed: databaseName !== undefined,
      index: options.index ?? variable('CLOUDFLARE_VECTORIZE_INDEX'),
      bucket: options.bucket ? (options.r2Bucket ?? variable('CLOUDFLARE_R2_BUCKET')) : null,
      model: options.model ?? variable('CLOUDFLARE_EMBEDDING_MODEL'),
      endpoint: options.endpoint ?? variable('EDGE_MEMORY_EMBEDDING_URL'),
      locationHint: options.location,
      jurisdiction: options.jurisdiction,
    },
    call: { signal: cli.signal },
    say: (text) => {
      if (!cli.options().json) note(text);
    },
  };
  try {
    const plan = await makePlan(connecting);
    connecting.say(planText(plan));
    if (await isAgreed(connecting, plan, options.yes ?? false)) await carryOut(connecting, plan, options);
    else {
      note('Nothing was changed.');
      process.exitCode = EXIT.nothingDone;
    }
  } finally {
    await close();
  }
};

/**
 * The first change of a database that holds another program's memories is asked for, and a new database where others hold
 * memories.
 */
const isAgreed = async ({ cli }: Connecting, plan: Plan, yes: boolean): Promise<boolean> => {
  const { inspection, database, others } = plan;
  if (yes) return true;
  if (others.length > 0) return isAgreedBeside(cli, database.name, others);
  if (inspection === undefined || !isUnprepared(inspection)) return true;
  if (isAttended()) return confirmed(`Add Edge Memory’s tables to ${inert(database.name)}?`, cli.signal);
  const memories = inspection.live + inspection.deleted;
  throw new MemoryError(
    'invalid-input',
    `The database ${database.name} holds ${memories.toLocaleString('en')} memories of mcp-memory-service; nothing was changed.`,
    `Run it again with --yes to add Edge Memory’s tables (about ${inspection.rowsToWrite.toLocaleString('en')} rows written). That service’s rows stay as they are.`,
  );
};

const isAgreedBeside = async (cli: Cli, name: string, others: readonly string[]): Promise<boolean> => {
  if (isAttended()) return confirmed(`Make a new database ${inert(name)} all the same?`, cli.signal);
  throw new MemoryError(
    'invalid-input',
    `There is no database ${name}, and ${others.join(', ')} ${others.length === 1 ? 'holds' : 'hold'} memories; nothing was changed.`,
    `Name it with --database-name ${others[0] ?? ''}, or run it again with --yes to make a new one.`,
  );
};

const carryOut = async (connecting: Connecting, plan: Plan, options: ConnectOptions): Promise<void> => {
  const { cli, call, say } = connecting;
  const made = await makeResources(connecting, plan);
  const { account: owner, choice, model, jurisdiction } = plan;
  const target = targetOf({
    account: owner,
    made,
    jurisdiction,
    choice,
    model,
    tuning: tuningOf(cli.variables().values),
  });
  say('Preparing the database …');
  const store = await prepare(connecting, plan, target);
  await writeStoreConfig(chosenDataFolder(), { active: target });
  const { inspection } = plan;
  const readOnly = !(await store.mayWrite(target.bucket, call));
  if (!readOnly && inspection !== undefined && inspection.live + inspection.deleted > 0)
    await fill(store, call);
  const { name } = target.database;
  const copied = readOnly
    ? undefined
    : await copyFromHere({ cli, to: store, name, wanted: options.copy, mayAsk: !options.yes });
  const { account, accountName, ...resources } = target;
  const facts = {
    account: { id: account, name: accountName },
    ...resources,
    bucket: target.bucket ?? null,
    without_bucket: plan.resources.withoutBuckets ?? null,
    dimensions: plan.model.dimensions,
    made: made.made,
    memories: inspection?.live ?? 0,
    bookmark: plan.bookmark ?? null,
    read_only: readOnly,
    copied: copied ?? null,
  };
  answer(cli, facts, () =>
    readOnly
      ? 'Connected read-only: the token lacks “D1 Edit”, so that memories can be found and not changed.'
      : `Connected. ${copied === undefined ? '' : `${counted(copied, 'memory', 'memories')} of this machine copied. `}Every command uses these memories while CLOUDFLARE_API_TOKEN is set.`,
  );
};

const makeResources = async ({ client, wanted, call, say }: Connecting, plan: Plan): Promise<Provisioned> => {
  try {
    return await provision(
      client,
      plan.account.id,
      plan.resources,
      {
        ...wanted,
        jurisdiction: plan.jurisdiction,
        index: plan.index.name,
        bucket: plan.bucket,
        dimensions: plan.model.dimensions,
      },
      { ...call, onProgress: (kind, name) => say(`Creating ${inert(resourceInWords(kind, name))} …`) },
    );
  } catch (error) {
    if (MemoryError.is(error, 'forbidden')) say(administratorLines(plan, wanted));
    throw error;
  }
};

const prepare = (
  { client, access, call }: Connecting,
  { inspection }: Plan,
  target: CloudTarget,
): Promise<CloudStore> =>
  openCloudStore(
    {
      client,
      access,
      config: targetConfig(target),
      state: inspection?.state ?? NEW_DATABASE,
    },
    call,
  );

/** Searching works meanwhile; where this is interrupted, connecting again goes on. */
const fill = async (store: CloudStore, call: CallOptions): Promise<void> => {
  for (let left = Infinity; left > 0;) {
    left = await store.fillFullText(call);
    progress(left > 0 ? `Indexing the text: ${left.toLocaleString('en')} rows to go …` : '');
  }
  for (let left = Infinity; left > 0;) {
    left = await store.copyVectors(call);
    progress(left > 0 ? `Copying the vectors: ${left.toLocaleString('en')} rows to go …` : '');
  }
};
