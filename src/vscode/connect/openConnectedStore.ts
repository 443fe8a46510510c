import type * as vscode from 'vscode';
import type { CloudStore } from '../../cloudflare/cloudStore.ts';
import { openCloudStore } from '../../cloudflare/openCloudStore.ts';
import { targetConfig } from '../../cloudflare/targetConfig.ts';
import { checkIndex } from '../../cloudflare/provision.ts';
import { type VectorizeDescription, VectorizeIndex } from '../../cloudflare/vectorize.ts';
import { EmbeddingCacheFile } from '../../local/embeddingCacheFile.ts';
import { embeddingCacheIn } from '../../local/paths.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { Settings } from '../settings.ts';
import { announceExpiry } from './announceExpiry.ts';
import { createClient, endpointAccess } from './client.ts';
import { fillInBackground } from './fillInBackground.ts';
import { storedDimensionsOf } from './plan.ts';
import { proposeModel } from './proposeModel.ts';
import type { Tokens } from './tokens.ts';

export interface Connecting {
  readonly target: CloudTarget;
  readonly token: string | undefined;
  readonly tokens: Tokens;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
  /** Remembers when a token was looked at last. */
  readonly state: vscode.Memento;
  /** Opens the store anew with the next call. */
  readonly reopen: () => void;
  /** Ends the work in the background. */
  readonly signal: AbortSignal;
}

/**
 * Opens the store of `config.json` with the token of this editor, and starts what can go on while it is used. Where
 * that fails, or `signal` is aborted meanwhile, nothing of it stays open.
 */
export async function openConnectedStore(connecting: Connecting): Promise<CloudStore> {
  const { target, token, tokens, settings, log, signal } = connecting;
  signal.throwIfAborted();
  if (token === undefined) throw noToken(target);
  const { maxRetries, baseDelay } = target;
  const client = createClient({ settings, log, token: () => token, maxRetries, baseDelay });
  const cache = openCache(settings, log);
  let store: CloudStore | undefined;
  const close = (): void => {
    void store?.close();
    cache?.close();
  };
  const { account, database, index, bucket } = target;
  const describe = (name: string) => new VectorizeIndex({ client, account, index: name }).describe();
  const describing = describe(index);
  // Where it was rebuilt, the one that was connected may be gone.
  describing.catch(() => undefined);
  let described: VectorizeDescription;
  try {
    store = await openCloudStore({
      client,
      config: { ...targetConfig(target), storedDimensions: storedDimensionsOf(settings) },
      access: endpointAccess(tokens),
      cache,
      onOutdated: () => {
        log.info('The index was rebuilt elsewhere: the memories are opened anew.');
        connecting.reopen();
      },
      log: { debug: (message) => log.debug(message), warn: (message) => log.warn(message) },
    });
    signal.throwIfAborted();
    described = await (store.index === index ? describing : describe(store.index));
    signal.throwIfAborted();
    checkIndex(described, store.model.dimensions);
    await store.recordResources(bucket, { signal });
  } catch (error) {
    close();
    throw error;
  }
  signal.addEventListener('abort', close, { once: true });
  log.info('Storage backend: cloudflare');
  log.info(`D1 database: ${database.name} (${database.id}), schema ready`);
  log.info(`Vectorize index: ${store.index}, ${described.dimensions} dimensions, ${described.metric}`);
  log.info(`R2 bucket: ${bucket ?? 'none'}`);
  log.info(`Successfully initialized, with the embedding model ${store.model.space}`);
  void fillInBackground(store, connecting);
  announceExpiry(client, connecting);
  void proposeModel(client, store, connecting);
  return store;
}

/** Without it embeddings are paid for again, which is no reason to fail. */
const openCache = (settings: Settings, log: vscode.LogOutputChannel): EmbeddingCacheFile | undefined => {
  try {
    return new EmbeddingCacheFile(embeddingCacheIn(settings.dataFolder));
  } catch (error) {
    log.warn('The cache of embeddings can not be opened.', String(error));
    return undefined;
  }
};

const noToken = ({ accountName }: CloudTarget): MemoryError =>
  new MemoryError(
    'unauthorized',
    `The memory lies in the Cloudflare account ${accountName}, and this editor has no API token for it.`,
    'Run Change Token and paste one, or run Disconnect to use the memories of this machine.',
  );
