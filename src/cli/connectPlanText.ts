import type { TokenState } from '../cloudflare/account.ts';
import type { EmbeddingChoice } from '../cloudflare/embeddingChoice.ts';
import type { Inspection, Resources } from '../cloudflare/provision.ts';
import type { Place } from '../cloudflare/d1Databases.ts';
import { wranglerLines } from '../cloudflare/wranglerLines.ts';
import type { Plan } from './connectPlan.ts';
import { inert } from './inertText.ts';
import { counted, labelled } from './output.ts';

const WEEK_MS = 7 * 86_400_000;

/** What there is and what will be added, for a person to decide on. */
export const planText = (plan: Plan): string => {
  const { token, account, database, jurisdiction, inspection, index, resources, bucket, model, choice } =
    plan;
  const isNew = 'will be created';
  return labelled([
    ['account', `${inert(account.name)} (${inert(account.id)})`],
    ['token', tokenText(token)],
    [
      'database',
      `${inert(database.name)}, ${inspection ? contentText(inspection) : isNew}${jurisdiction === undefined ? '' : `, jurisdiction ${inert(jurisdiction)}`}`,
    ],
    [
      'memories in',
      plan.others.length > 0
        ? `${plan.others.map(inert).join(', ')}: use it with --database-name`
        : undefined,
    ],
    ['index', `${inert(index.name)}, ${index.exists ? vectorsText(index) : isNew}`],
    ['bucket', bucketText(resources, bucket)],
    ['model', `${inert(choice.model)}, ${model.dimensions} dimensions (${inert(model.space)})`],
    ['to add', inspection && additionText(inspection)],
    [
      'undo',
      plan.bookmark &&
        `npx wrangler d1 time-travel restore ${inert(database.name)} --bookmark=${inert(plan.bookmark)}`,
    ],
    ['sent there', sentText(choice)],
  ]);
};

const sentText = ({ endpoint }: EmbeddingChoice): string =>
  `what you store from now on: its text to D1 (large ones to R2) and to ${endpoint === undefined ? 'Workers AI' : inert(endpoint)}`;

const tokenText = ({ owner, expiresAt }: TokenState): string => {
  const whose = owner === 'user' ? 'a user’s' : 'the account’s own';
  if (expiresAt === undefined) return `valid (${whose})`;
  const until = new Date(expiresAt).toISOString().slice(0, 10);
  return `valid until ${until} (${whose})${expiresAt - Date.now() < WEEK_MS ? '; make a new one soon' : ''}`;
};

const contentText = ({ state, live, deleted, withoutVectors }: Inspection): string => {
  const memories = `${counted(live, 'memory', 'memories')}${deleted > 0 ? ` and ${deleted.toLocaleString('en')} deleted` : ''}`;
  if (!state.hasMemories) return 'empty';
  const by = state.schemaVersion > 0 ? ', connected before' : ' of mcp-memory-service';
  const without =
    withoutVectors > 0
      ? `; ${withoutVectors.toLocaleString('en')} without a vector (edge-memory repair)`
      : '';
  return `${memories}${by}${without}`;
};

const vectorsText = ({ vectors, isForeign }: Plan['index']): string =>
  isForeign
    ? `${counted(vectors, 'vector')} of other memories: search by meaning finds less beside them, and what is deleted in one place loses its vector in both; without --index (CLOUDFLARE_VECTORIZE_INDEX) it gets one of its own`
    : counted(vectors, 'vector');

const bucketText = ({ buckets, withoutBuckets }: Resources, bucket: string | null): string => {
  if (buckets === undefined) return `none: ${inert(withoutBuckets ?? '')}`;
  if (bucket === null) return 'none: content of more than 1 MB is refused';
  return `${inert(bucket)}${buckets.includes(bucket) ? '' : ', will be created'}`;
};

const additionText = ({ state, rowsToWrite, megabytesToAdd }: Inspection): string | undefined => {
  if (state.schemaVersion > 0 || rowsToWrite === 0) return undefined;
  return [
    `where the token may write, tables and full text of Edge Memory: about ${rowsToWrite.toLocaleString('en')} rows written`,
    `(the free plan allows 100,000 a day) and ${megabytesToAdd.toFixed(1)} MB;`,
    'mcp-memory-service’s rows stay as they are, but wrangler d1 export refuses databases with full text.',
    'edge-memory disconnect --remove-tables takes it all out again',
  ].join(' ');
};

/** For an administrator, where the token may not create what is missing. */
export const administratorLines = (
  { database, index, bucket, resources, model, jurisdiction }: Plan,
  { locationHint }: Place,
): string =>
  [
    'Someone with more rights can create them, then connect again:',
    ...wranglerLines(resources, {
      database: database.name,
      index: index.name,
      bucket,
      dimensions: model.dimensions,
      locationHint,
      jurisdiction,
    }).map((line) => `  ${inert(line)}`),
  ].join('\n');
