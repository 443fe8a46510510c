import { inspectDatabase } from '../cloudflare/cloudSchema.ts';
import { D1Database } from '../cloudflare/d1.ts';
import { choiceFor, createEmbedder, type EmbeddingChoice } from '../cloudflare/embeddingChoice.ts';
import { NoObjectStore } from '../cloudflare/noObjectStore.ts';
import { R2ObjectStore } from '../cloudflare/r2.ts';
import { rebuildIndex, type Rebuilt } from '../cloudflare/rebuildIndex.ts';
import { VectorizeIndex } from '../cloudflare/vectorize.ts';
import { chosenDataFolder } from './dataFolder.ts';
import { readStoreConfig, writeStoreConfig } from '../local/storeConfig.ts';
import { MemoryError } from '../memory/errors.ts';
import type { EmbeddingModel } from '../memory/ports.ts';
import type { Cli } from './cli.ts';
import { openClient } from './cloudClient.ts';
import { EXIT } from './exitCodes.ts';
import { inert } from './inertText.ts';
import { openCache } from './openCloud.ts';
import { storedDimensionsOf } from './plan.ts';
import { answer, confirmed, isAttended, note, progress } from './output.ts';
import { chooseStore } from './storeChoice.ts';

export interface RebuildOptions {
  readonly model?: string;
  readonly endpoint?: string;
  readonly serviceIsGone?: boolean;
  readonly removeOld?: boolean;
  readonly yes?: boolean;
}

/** Computes all vectors anew, by the same model or another one, into an index that then takes the old one's place. */
export const rebuild = async (cli: Cli, options: RebuildOptions): Promise<void> => {
  const choice = await chooseStore(cli);
  if (choice.kind === 'local')
    throw new MemoryError(
      'invalid-input',
      'The memories on this machine have no index of Cloudflare that could be rebuilt.',
      'Run edge-memory embed to compute vectors that are missing here.',
    );
  const { config } = choice.settings;
  const { account, database, databaseName, bucket, jurisdiction } = config;
  const { client, access, close } = openClient(cli, choice.settings);
  const cache = openCache(cli);
  const call = { signal: cli.signal };
  try {
    const sql = new D1Database({ client, account, database, name: databaseName });
    const state = await inspectDatabase(sql, call);
    if (state.schemaVersion === 0) throw notConnected(databaseName ?? database);
    const wanted = wantedChoice(options, choiceFor(config, state));
    const embedder = await createEmbedder({ client, account, access, cache }, wanted, call);
    if (!(await isAgreed(cli, embedder.model, wanted, options.yes ?? false))) {
      note('Nothing was changed.');
      process.exitCode = EXIT.nothingDone;
      return;
    }
    const done = await rebuildIndex(
      {
        client,
        account,
        sql,
        objects:
          bucket === undefined
            ? new NoObjectStore()
            : new R2ObjectStore({ client, account, bucket, jurisdiction }),
        index: state.index ?? config.index,
        embedder,
        serviceIsGone: options.serviceIsGone,
        storedDimensions: storedDimensionsOf(cli),
      },
      {
        ...call,
        onProgress: (at, all) =>
          progress(`Computing vectors: ${at.toLocaleString('en')} of ${all.toLocaleString('en')} memories …`),
      },
    );
    progress('');
    await keep(database, done.index, wanted, embedder.model);
    if (options.removeOld)
      for (const index of done.old) await new VectorizeIndex({ client, account, index }).remove(call);
    report(cli, done, embedder.model, options.removeOld ?? false);
  } finally {
    cache?.close();
    await close();
  }
};

const wantedChoice = ({ model, endpoint }: RebuildOptions, present: EmbeddingChoice): EmbeddingChoice => {
  if (model === undefined && endpoint === undefined) return present;
  if (model !== undefined) return { model, endpoint };
  throw new MemoryError(
    'invalid-input',
    'An embedding server is named, but no model of it.',
    'Name the model too, with --model.',
  );
};

const isAgreed = async (
  cli: Cli,
  model: EmbeddingModel,
  { endpoint }: EmbeddingChoice,
  yes: boolean,
): Promise<boolean> => {
  if (yes) return true;
  const place = endpoint === undefined ? 'Workers AI' : inert(endpoint);
  const question = `Send the text of every memory to ${place} and rebuild the index for ${inert(model.label)}, ${model.dimensions} dimensions?`;
  if (isAttended()) return confirmed(question, cli.signal);
  throw new MemoryError(
    'invalid-input',
    `Rebuilding sends the text of every memory to ${place}; nothing was changed.`,
    'Run it again with --yes.',
  );
};

/** config.json, where it names this database: every face opens the new index at once. */
const keep = async (
  database: string,
  index: string,
  { model, endpoint }: EmbeddingChoice,
  { space, dimensions }: EmbeddingModel,
): Promise<void> => {
  const folder = chosenDataFolder();
  const { active } = await readStoreConfig(folder);
  if (active === 'local' || active.database.id !== database) return;
  const pooling = space.slice(model.length + 1);
  await writeStoreConfig(folder, { active: { ...active, index, model, pooling, dimensions, endpoint } });
};

const report = (cli: Cli, { index, embedded, old }: Rebuilt, model: EmbeddingModel, removed: boolean): void =>
  answer(
    cli,
    { index, embedded, space: model.space, dimensions: model.dimensions, old_indexes: removed ? [] : old },
    () =>
      [
        `${embedded.toLocaleString('en')} memories have their vector in ${inert(index)}, which is in use now.`,
        ...(removed
          ? []
          : [`The old index is not used any more: npx wrangler vectorize delete ${inert(old[0] ?? '')}`]),
      ].join('\n'),
  );

const notConnected = (database: string): MemoryError =>
  new MemoryError(
    'misconfigured',
    `The database ${database} was not connected to Edge Memory yet.`,
    'Run edge-memory connect first.',
  );
