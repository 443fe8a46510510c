import type { Command } from 'commander';
import type { CloudStoreConfig } from '../../cloudflare/openCloudStore.ts';
import type { LocalStoreDescription } from '../../local/localStore.ts';
import type { MemoryStats } from '../../memory/memory.ts';
import { dateTime } from '../dateTime.ts';
import type { Cli } from '../cli.ts';
import { inert } from '../inertText.ts';
import { modeJson } from '../memoryJson.ts';
import { modeText } from '../memoryText.ts';
import { type OpenStore, withStore } from '../openStore.ts';
import { answer, labelled } from '../output.ts';

export const addStatsCommand = (program: Command, cli: Cli): void => {
  program
    .command('stats')
    .description('Count what is stored, and say where and how it is searched')
    .action(() =>
      withStore(cli, async (store, open) => {
        const stats = await store.stats({ signal: cli.signal });
        const place = await placeOf(cli, open);
        answer(cli, statsJson(stats, place.json), () => statsText(stats, place.rows));
      }),
    );
};

/** Where the memories are. */
interface Place {
  readonly json: object;
  readonly rows: readonly (readonly [string, string])[];
}

const placeOf = async (cli: Cli, open: OpenStore): Promise<Place> =>
  open.kind === 'local'
    ? localPlace(await open.store.describe({ signal: cli.signal }))
    : cloudPlace(open.settings.config);

const localPlace = (store: LocalStoreDescription): Place => ({
  json: {
    backend: 'local',
    database: store.database,
    file_bytes: store.fileBytes,
    sqlite_version: store.sqliteVersion,
    schema_version: store.schemaVersion,
    full_text: store.fullText,
  },
  rows: [
    ['database', `${inert(store.database)} (${bytesText(store.fileBytes)})`],
    [
      'SQLite',
      `${store.sqliteVersion}${store.fullText ? '' : ', without FTS5'}; schema ${store.schemaVersion}`,
    ],
  ],
});

const cloudPlace = ({ account, database, databaseName, index, bucket }: CloudStoreConfig): Place => ({
  json: {
    backend: 'cloudflare',
    account,
    database,
    database_name: databaseName ?? null,
    index,
    bucket: bucket ?? null,
  },
  rows: [
    ['Cloudflare', `account ${inert(account)}`],
    ['D1', inert(databaseName ?? database)],
    ['Vectorize', inert(index)],
    ['R2', bucket === undefined ? 'no bucket' : inert(bucket)],
  ],
});

const statsJson = (stats: MemoryStats, store: object) => ({
  live: stats.live,
  deleted: stats.deleted,
  pinned: stats.pinned,
  tags: stats.tags,
  projects: stats.projects,
  content_bytes: stats.contentBytes,
  storage_bytes: stats.storageBytes ?? null,
  oldest: stats.oldest ?? null,
  newest: stats.newest ?? null,
  embedding: {
    space: stats.embedding.space ?? null,
    embedded: stats.embedding.embedded,
    pending: stats.embedding.pending,
  },
  mode: modeJson(stats.mode),
  store,
});

const number = (value: number): string => value.toLocaleString('en');

/** “3.2 MB”. */
export const bytesText = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const statsText = (stats: MemoryStats, place: Place['rows']): string =>
  labelled([
    ['memories', number(stats.live)],
    ['deleted', stats.deleted === 0 ? undefined : `${number(stats.deleted)} that can be restored`],
    ['pinned', number(stats.pinned)],
    ['tags', number(stats.tags)],
    ['projects', number(stats.projects)],
    ['content', bytesText(stats.contentBytes)],
    ['oldest', stats.oldest === undefined ? undefined : dateTime(stats.oldest)],
    ['newest', stats.newest === undefined ? undefined : dateTime(stats.newest)],
    ['search', modeText(stats.mode)],
    ['embedded', number(stats.embedding.embedded)],
    [
      'waiting',
      stats.embedding.pending === 0 ? undefined : `${number(stats.embedding.pending)} for a vector`,
    ],
    ...place,
  ]);
