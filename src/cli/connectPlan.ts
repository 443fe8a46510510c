import { type Account, listAccounts, type TokenState, verifyToken } from '../cloudflare/account.ts';
import type { CloudflareClient } from '../cloudflare/client.ts';
import {
  choiceWith,
  createEmbedder,
  type EmbeddingChoice,
  type EndpointAccess,
} from '../cloudflare/embeddingChoice.ts';
import { type D1Description, timeTravelBookmark } from '../cloudflare/d1Databases.ts';
import {
  checkIndex,
  findResources,
  holdingMemories,
  inspect,
  type Inspection,
  keptSpace,
  LOOKED_INTO,
  type Resources,
  resourcesBeside,
} from '../cloudflare/provision.ts';
import { namesBeside } from '../cloudflare/resourceNames.ts';
import { VectorizeIndex } from '../cloudflare/vectorize.ts';
import { MemoryError } from '../memory/errors.ts';
import type { CallOptions, Embedder, EmbeddingModel } from '../memory/ports.ts';
import type { Cli } from './cli.ts';
import { inert } from './inertText.ts';

/** The options, and the variables in the place of those that are left out. */
export interface Wanted {
  readonly account: string | undefined;
  readonly database: string;
  /** False: it is the usual name. */
  readonly isDatabaseNamed: boolean;
  readonly index: string | undefined;
  /** Null: none. */
  readonly bucket: string | null | undefined;
  readonly model: string | undefined;
  readonly endpoint: string | undefined;
  readonly locationHint: string | undefined;
  readonly jurisdiction: string | undefined;
}

export interface Connecting {
  readonly cli: Cli;
  readonly client: CloudflareClient;
  readonly access: EndpointAccess;
  readonly wanted: Wanted;
  readonly call: CallOptions;
  readonly say: (text: string) => void;
}

/** What connecting will use, make and add. */
export interface Plan {
  readonly token: TokenState;
  readonly account: Account;
  readonly resources: Resources;
  /** Of the database, and so of the bucket. */
  readonly jurisdiction: string | undefined;
  /** Without an id where it is to be made. */
  readonly database: { readonly id: string | undefined; readonly name: string };
  /** Where one of the usual name is to be made: the names of those that hold memories. */
  readonly others: readonly string[];
  /** Of the database, where it exists. */
  readonly inspection: Inspection | undefined;
  readonly index: {
    readonly name: string;
    readonly exists: boolean;
    readonly vectors: number;
    /** Whether those are of other memories, as far as is known. */
    readonly isForeign: boolean;
  };
  readonly bucket: string | null;
  readonly model: EmbeddingModel;
  readonly choice: EmbeddingChoice;
  /** The database's place in its history before the first change by Edge Memory. */
  readonly bookmark: string | undefined;
}

/** Asks what is there, and changes nothing. */
export const makePlan = async (connecting: Connecting): Promise<Plan> => {
  const { client, access, wanted, call, say } = connecting;
  say('Verifying the token …');
  const { token, account } = await identify(connecting);
  say(`Looking for the resources in ${inert(account.name)} …`);
  const listed = wanted.jurisdiction;
  const found = await findResources(client, account.id, { jurisdiction: listed, ...call });
  const database = databaseOf(found, wanted.database, account);
  const [inspection, { resources, jurisdiction }, others] = await Promise.all([
    database && inspect(client, account.id, database.id, call),
    resourcesBeside(client, account.id, { resources: found, database, listed, wanted: listed, ...call }),
    database === undefined && !wanted.isDatabaseNamed
      ? holdingMemories(client, account.id, found.databases.slice(0, LOOKED_INTO), call)
      : [],
  ]);
  const name = database?.name ?? wanted.database;
  const names = await namesBeside(
    { client, account: account.id, resources, jurisdiction, database: name, inspection },
    wanted,
    call,
  );
  const index = resources.indexes.find((each) => each.name === names.index);
  const choice = choiceWith(inspection && keptSpace(inspection), wanted);
  const [embedder, info, bookmark] = await Promise.all([
    // Proves that the token may use the model, and tells the dimensions of one that is not known.
    provenEmbedder({ client, account: account.id, access }, choice, call),
    index && new VectorizeIndex({ client, account: account.id, index: index.name }).info(call),
    database && inspection && isUnprepared(inspection)
      ? timeTravelBookmark(client, account.id, database.id, call)
      : undefined,
  ]);
  if (index) checkIndex(index, embedder.model.dimensions);
  return {
    token,
    account,
    resources,
    jurisdiction,
    others: others.map(({ name }) => name),
    database: database ?? { id: undefined, name },
    inspection,
    index: {
      name: names.index,
      exists: index !== undefined,
      vectors: info?.vectorCount ?? 0,
      isForeign: names.foreignVectors > 0,
    },
    bucket: resources.buckets === undefined ? null : names.bucket,
    model: embedder.model,
    choice,
    bookmark,
  };
};

/** It has another program's memories and none of our tables. */
export const isUnprepared = ({ state, live, deleted }: Inspection): boolean =>
  state.schemaVersion === 0 && live + deleted > 0;

const identify = async ({
  client,
  wanted,
  call,
}: Connecting): Promise<{ token: TokenState; account: Account }> => {
  const isId = /^[0-9a-f]{32}$/i.test(wanted.account ?? '');
  const listing = listAccounts(client, call).catch((error: unknown) => {
    // Who may not list accounts can still name one; a token that is no good is told of by its verification.
    if (MemoryError.is(error, 'forbidden') || MemoryError.is(error, 'unauthorized')) return [];
    throw error;
  });
  const [token, accounts] = await Promise.all([
    verifyToken(client, { account: isId ? wanted.account : undefined, accounts: () => listing, ...call }),
    listing,
  ]);
  return { token, account: accountOf(accounts, wanted.account, isId) };
};

const accountOf = (accounts: readonly Account[], wanted: string | undefined, isId: boolean): Account => {
  const listed = accounts.map(({ id, name }) => `${name} (${id})`).join(', ');
  if (wanted !== undefined) {
    const known = accounts.find(({ id, name }) => id === wanted.toLowerCase() || name === wanted);
    if (known) return known;
    if (isId) return { id: wanted.toLowerCase(), name: wanted.toLowerCase() };
    throw new MemoryError(
      'invalid-input',
      `The token reaches no account “${wanted}”${listed === '' ? '' : `; it reaches ${listed}`}.`,
      'Name the account by its ID with --account.',
    );
  }
  const [only, ...others] = accounts;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined)
    throw new MemoryError(
      'invalid-input',
      'The token lists no account.',
      'Name the account with --account ID (32 characters, in the address of Cloudflare’s dashboard), or give the token the permission “Account Settings Read”.',
    );
  throw new MemoryError(
    'invalid-input',
    `The token reaches several accounts: ${listed}.`,
    'Choose one with --account.',
  );
};

const databaseOf = (
  { databases }: Resources,
  wanted: string,
  account: Account,
): D1Description | undefined => {
  const found = databases.find(({ id, name }) => id === wanted || name === wanted);
  if (found === undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(wanted))
    throw new MemoryError(
      'misconfigured',
      `The account ${account.name} has no D1 database with the ID ${wanted}.`,
      'Check CLOUDFLARE_D1_DATABASE_ID, or name a database with --database-name: one that does not exist is made.',
    );
  return found;
};

/** Asks the model once, whether its dimensions are known or not. */
const provenEmbedder = async (
  options: Parameters<typeof createEmbedder>[0],
  choice: EmbeddingChoice,
  call: CallOptions,
): Promise<Embedder> => {
  const embedder = await createEmbedder(options, choice, call);
  await embedder.embed(['memory'], call);
  return embedder;
};
