import * as vscode from 'vscode';
import type { CloudflareClient } from '../../cloudflare/client.ts';
import type { D1Description, Place } from '../../cloudflare/d1Databases.ts';
import { choiceOfSpace, choiceWith, type EmbeddingChoice } from '../../cloudflare/embeddingChoice.ts';
import {
  holdingMemories,
  inspect,
  type Inspection,
  keptSpace,
  LOOKED_INTO,
  type Resources,
  resourcesBeside,
  USUAL_NAMES,
} from '../../cloudflare/provision.ts';
import { connectedIndexOf, isFresh, namesBeside, ownIndexName } from '../../cloudflare/resourceNames.ts';
import type { VectorizeDescription } from '../../cloudflare/vectorize.ts';
import { MemoryError } from '../../memory/errors.ts';
import { modelFor } from './models.ts';
import { number } from '../numbers.ts';

/** What to use, by name; what does not exist yet is to be made. */
export interface ChosenResources {
  readonly database: string;
  readonly index: string;
  /** Null: none. */
  readonly bucket: string | null;
  /** How many vectors of other memories the index holds, as far as is known. */
  readonly foreignVectors: number;
  readonly choice: EmbeddingChoice;
  /** Of the database, where it exists. */
  readonly inspection: Inspection | undefined;
  /** What the account has, the buckets as they are beside the database. */
  readonly resources: Resources;
  /** Of the database, where it exists and has one: its bucket lies there too. */
  readonly jurisdiction: string | undefined;
}

/** Answers for the questions below; what is given is not asked. */
export interface ResourceOptions {
  /** Name or id. */
  readonly database?: string | undefined;
  readonly index?: string | undefined;
  readonly bucket?: string | null | undefined;
  readonly model?: string | undefined;
  /** Of an embedding server, with `model`. */
  readonly endpoint?: string | undefined;
}

interface Found {
  readonly client: CloudflareClient;
  readonly account: string;
  readonly resources: Resources;
}

/** Of those that sound as if they held memories, so many are looked into whole: two or three requests each. */
const INSPECTED = 3;

interface Candidate {
  readonly database: D1Description;
  readonly inspection: Inspection;
}

/** Those that hold memories or sound like it: by the usual name first, then by their names, then by their tables. */
export async function findCandidates(found: Found, signal?: AbortSignal): Promise<Candidate[]> {
  const { client, account, resources } = found;
  const { databases } = resources;
  const usual = ({ name }: D1Description): boolean => name === USUAL_NAMES.database;
  const named = [
    ...databases.filter(usual),
    ...databases.filter((database) => !usual(database) && /memor/i.test(database.name)),
  ].slice(0, INSPECTED);
  const others = databases
    .filter((database) => !named.includes(database))
    .slice(0, LOOKED_INTO - named.length);
  const holding = await holdingMemories(client, account, others, { signal });
  const candidates = await Promise.all(
    [...named, ...holding].map(async (database) => candidateOf(found, database, signal)),
  );
  return candidates.flat();
}

/** None where the database holds another program’s memories. */
async function candidateOf(
  { client, account }: Found,
  database: D1Description,
  signal?: AbortSignal,
): Promise<Candidate[]> {
  try {
    return [{ database, inspection: await inspect(client, account, database.id, { signal }) }];
  } catch (error) {
    if (MemoryError.is(error, 'misconfigured')) return [];
    throw error;
  }
}

export async function chooseResources(
  found: Found,
  candidates: readonly Candidate[],
  options: ResourceOptions,
): Promise<ChosenResources | undefined> {
  if (options.database !== undefined) return named(found, candidates, options.database, options);
  const pickOthers = {
    label: vscode.l10n.t('$(list-unordered) Choose other resources…'),
    database: undefined,
  };
  const hasUsual = candidates.some(({ database }) => database.name === USUAL_NAMES.database);
  const items = [
    ...candidates.map((candidate) => candidateItem(found.resources, candidate)),
    ...(hasUsual
      ? []
      : [
          {
            label: vscode.l10n.t('$(add) Create {0}', USUAL_NAMES.database),
            detail: vscode.l10n.t(
              'New: a D1 database, the Vectorize index {0}{1}',
              USUAL_NAMES.index,
              found.resources.buckets === undefined ? '' : `, ${USUAL_NAMES.bucket} (R2)`,
            ),
            database: USUAL_NAMES.database as string,
          },
        ]),
    pickOthers,
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Connect to Cloudflare: Memory'),
    placeHolder: vscode.l10n.t('Where should the memories lie?'),
    ignoreFocusOut: true,
  });
  if (picked === undefined) return undefined;
  return picked.database === undefined
    ? chooseEach(found, candidates, options)
    : named(found, candidates, picked.database, options);
}

function candidateItem(resources: Resources, { database, inspection }: Candidate) {
  const { state, live, rowsToWrite, megabytesToAdd } = inspection;
  const index = indexOf(resources, database, inspection);
  const owner =
    state.schemaVersion > 0
      ? vscode.l10n.t('connected to Edge Memory before')
      : state.hasMemories
        ? vscode.l10n.t('memories of mcp-memory-service')
        : vscode.l10n.t('empty');
  const added =
    rowsToWrite > 0
      ? vscode.l10n.t(
          'adds about {0} rows ({1} a day are free), {2} MB',
          number(rowsToWrite),
          number(100_000),
          megabytesToAdd.toFixed(1),
        )
      : '';
  return {
    label: `$(database) ${database.name}`,
    description: `${vscode.l10n.t('{0} memories', number(live))}, ${owner}`,
    detail: [
      typeof index === 'string'
        ? vscode.l10n.t('a new index {0}', index)
        : `${index.name} (${modelFor(index.dimensions)?.split('/').at(-1) ?? index.dimensions})`,
      added,
    ]
      .filter((part) => part !== '')
      .join(' · '),
    database: database.id,
  };
}

/** The index that a database will be offered with, by its name where it is not there yet. */
function indexOf(
  resources: Resources,
  { name }: D1Description,
  inspection: Inspection,
): VectorizeDescription | string {
  const likely = isFresh(inspection) ? ownIndexName(name) : likelyIndex(resources)?.name;
  const wanted = connectedIndexOf(inspection) ?? likely ?? USUAL_NAMES.index;
  return resources.indexes.find((index) => index.name === wanted) ?? wanted;
}

/** The index of the usual name, or the only one that an embedding model is known for. */
function likelyIndex({ indexes }: Resources): VectorizeDescription | undefined {
  return (
    indexes.find((index) => index.name === USUAL_NAMES.index) ??
    indexes.find(
      ({ name: other, dimensions, metric }) =>
        /memor/i.test(other) &&
        !other.endsWith('-chunks') &&
        metric === 'cosine' &&
        modelFor(dimensions) !== undefined,
    )
  );
}

async function named(
  { client, account, resources: found }: Found,
  candidates: readonly Candidate[],
  database: string,
  options: ResourceOptions,
): Promise<ChosenResources> {
  const existing = databaseCalled(found, database);
  const known = candidates.find((candidate) => candidate.database.id === existing?.id);
  const [inspection, { resources, jurisdiction }] = await Promise.all([
    known?.inspection ?? (existing && inspect(client, account, existing.id)),
    resourcesBeside(client, account, { resources: found, database: existing }),
  ]);
  const likelyName = isFresh(inspection) ? undefined : likelyIndex(resources)?.name;
  const { foreignVectors, ...names } = await namesBeside(
    { client, account, resources, jurisdiction, database: existing?.name ?? database, inspection },
    { index: options.index ?? connectedIndexOf(inspection) ?? likelyName, bucket: options.bucket },
  );
  const index = resources.indexes.find(({ name }) => name === names.index);
  const likely = options.endpoint === undefined ? modelFor(index?.dimensions) : undefined;
  const { model = likely, endpoint } = options;
  const kept = inspection && keptSpace(inspection);
  return {
    database,
    ...names,
    foreignVectors,
    // Another model of the settings is proposed afterwards: what a database has stays until it is rebuilt.
    choice:
      kept === undefined
        ? choiceWith(kept, { model, endpoint })
        : choiceOfSpace(kept, { model: model ?? '', endpoint }),
    inspection,
    resources,
    jurisdiction,
  };
}

const databaseCalled = ({ databases }: Resources, wanted: string): D1Description | undefined =>
  databases.find(({ id, name }) => id === wanted || name === wanted);

async function chooseEach(
  found: Found,
  candidates: readonly Candidate[],
  options: ResourceOptions,
): Promise<ChosenResources | undefined> {
  const { client, account, resources } = found;
  const { databases, indexes } = resources;
  const database = await chooseOne(
    vscode.l10n.t('Database'),
    databases.map(({ name, id }) => ({ label: name, description: id, value: id })),
    USUAL_NAMES.database,
  );
  if (database === undefined) return undefined;
  const beside = resourcesBeside(client, account, {
    resources,
    database: databaseCalled(resources, database),
  });
  // Whoever leaves before needs no answer.
  beside.catch(() => undefined);
  const index = await chooseOne(
    vscode.l10n.t('Vectorize index'),
    indexes
      .filter(
        ({ metric, dimensions }) =>
          metric === 'cosine' && (options.model ?? modelFor(dimensions)) !== undefined,
      )
      .map(({ name, dimensions }) => ({
        label: name,
        description: modelFor(dimensions) ?? String(dimensions),
        value: name,
      })),
    USUAL_NAMES.index,
  );
  if (index === undefined) return undefined;
  const { buckets } = (await beside).resources;
  const bucket =
    buckets === undefined
      ? null
      : await chooseOne(
          vscode.l10n.t('R2 bucket for memories over 1 MB'),
          [
            { label: vscode.l10n.t('None'), description: '', value: null },
            ...buckets.map((name) => ({ label: name, description: '', value: name })),
          ],
          USUAL_NAMES.bucket,
        );
  return bucket === undefined ? undefined : named(found, candidates, database, { ...options, index, bucket });
}

interface Offer<T> {
  readonly label: string;
  readonly description: string;
  readonly value: T;
}

/** One of those that exist, or a new one with a name to type. */
async function chooseOne<T>(
  what: string,
  existing: readonly Offer<T>[],
  usual: string,
): Promise<T | string | undefined> {
  const create = { label: vscode.l10n.t('$(add) Create a new one…'), description: '', value: undefined };
  const title = vscode.l10n.t('Connect to Cloudflare: {0}', what);
  const picked = await vscode.window.showQuickPick([...existing, create], { title, ignoreFocusOut: true });
  if (picked !== create) return picked?.value;
  return vscode.window.showInputBox({
    title,
    value: usual,
    prompt: vscode.l10n.t('Name'),
    ignoreFocusOut: true,
    validateInput: (name) =>
      /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)
        ? undefined
        : vscode.l10n.t('3 to 63 lower-case letters, digits and hyphens'),
  });
}

/** Whether the database is still to be made, or something beside one without a jurisdiction: only then the place matters. */
export const isNew = ({ resources, database, index, jurisdiction }: ChosenResources): boolean =>
  databaseCalled(resources, database) === undefined ||
  (jurisdiction === undefined && !resources.indexes.some(({ name }) => name === index));

const places = (): readonly (readonly [label: string, place: Place])[] => [
  [vscode.l10n.t('Automatic: near you'), {}],
  [vscode.l10n.t('Western North America'), { locationHint: 'wnam' }],
  [vscode.l10n.t('Eastern North America'), { locationHint: 'enam' }],
  [vscode.l10n.t('Western Europe'), { locationHint: 'weur' }],
  [vscode.l10n.t('Eastern Europe'), { locationHint: 'eeur' }],
  [vscode.l10n.t('Asia-Pacific'), { locationHint: 'apac' }],
  [vscode.l10n.t('Oceania'), { locationHint: 'oc' }],
  [vscode.l10n.t('Only within the European Union (jurisdiction)'), { jurisdiction: 'eu' }],
  [vscode.l10n.t('Only within FedRAMP data centres (jurisdiction)'), { jurisdiction: 'fedramp' }],
];

export async function choosePlace(): Promise<Place | undefined> {
  const picked = await vscode.window.showQuickPick(
    places().map(([label, place]) => ({ label, place })),
    {
      title: vscode.l10n.t('Connect to Cloudflare: Place'),
      placeHolder: vscode.l10n.t('Where should the new database lie? This can not be changed later'),
      ignoreFocusOut: true,
    },
  );
  return picked?.place;
}
