import type { CloudEnvironment } from '../cloudflare/environment.ts';
import type { CloudStore } from '../cloudflare/cloudStore.ts';
import { openCloudStore } from '../cloudflare/openCloudStore.ts';
import { checkIndex, inspect } from '../cloudflare/provision.ts';
import { VectorizeIndex } from '../cloudflare/vectorize.ts';
import { EmbeddingCacheFile } from '../local/embeddingCacheFile.ts';
import { embeddingCacheIn } from '../local/paths.ts';
import { chosenDataFolder } from './dataFolder.ts';
import { readStoreConfig } from '../local/storeConfig.ts';
import { MemoryError } from '../memory/errors.ts';
import type { Cli } from './cli.ts';
import { openClient } from './cloudClient.ts';
import { storedDimensionsOf } from './plan.ts';
import { debug, info, warn } from './log.ts';
import { counted } from './output.ts';

export interface OpenCloud {
  readonly store: CloudStore;
  readonly close: () => Promise<void>;
}

/** Undefined where there can be none: then embeddings are paid for again. */
export const openCache = (cli: Cli): EmbeddingCacheFile | undefined => {
  try {
    return new EmbeddingCacheFile(embeddingCacheIn(chosenDataFolder()));
  } catch (error) {
    debug(cli, `no cache of embeddings: ${String(error)}`);
    return undefined;
  }
};

/** Opens the memory in Cloudflare, with its index looked at, and says at the level of info what it is. */
export const openCloud = async (cli: Cli, settings: CloudEnvironment, hybrid = false): Promise<OpenCloud> => {
  const { config } = settings;
  const { account, index } = config;
  const { client, access, close: closeClient } = openClient(cli, settings);
  const cache = openCache(cli);
  const close = async () => {
    cache?.close();
    await closeClient();
  };
  const call = { signal: cli.signal };
  try {
    const describe = (name: string) => new VectorizeIndex({ client, account, index: name }).describe(call);
    const describing = describe(index);
    // Where it was rebuilt, the one that was connected may be gone.
    describing.catch(() => undefined);
    const store = await openCloudStore(
      {
        client,
        config: { ...config, storedDimensions: storedDimensionsOf(cli) },
        access,
        cache,
        log: { debug: (text) => debug(cli, text), warn: (text) => warn(cli, text) },
        approve: async () => {
          if (await isConnected(config.database)) return;
          const { live, deleted } = await inspect(client, account, config.database, call);
          if (live + deleted > 0) throw notConnected(config.database, live + deleted);
        },
      },
      call,
    );
    const described = await (store.index === index ? describing : describe(store.index));
    checkIndex(described, store.model.dimensions);
    await store.recordResources(undefined, call);
    info(cli, `Storage backend: cloudflare${hybrid ? ' (hybrid: directly, without a local copy)' : ''}`);
    info(cli, `D1 database: ${config.databaseName ?? config.database}, schema ready`);
    info(cli, `Vectorize index: ${store.index}, ${described.dimensions} dimensions, ${described.metric}`);
    info(cli, `R2 bucket: ${config.bucket ?? 'none'}`);
    info(cli, `Successfully initialized, with the embedding model ${store.model.space}`);
    const closeAll = async () => {
      await store.close();
      await close();
    };
    return { store, close: closeAll };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Whoever connected it agreed to our tables; a token that may only read adds none. */
const isConnected = async (database: string): Promise<boolean> => {
  const { active } = await readStoreConfig(chosenDataFolder());
  return active !== 'local' && [active.database.id, active.database.name].includes(database);
};

/** Full text costs rows and room, and wrangler exports no database that has it: a shared one is never given it unasked. */
const notConnected = (database: string, memories: number): MemoryError =>
  new MemoryError(
    'misconfigured',
    `The database ${database} holds ${counted(memories, 'memory', 'memories')} of mcp-memory-service and was not connected to Edge Memory yet.`,
    'Run edge-memory connect once: it shows which tables it would add, and asks. That service’s rows stay as they are.',
  );
