import { BlockList, isIP } from 'node:net';
import { MemoryError } from '../memory/errors.ts';
import type { CallOptions, Embedder } from '../memory/ports.ts';
import type { ClientLog, CloudflareClient } from './client.ts';
import type { EmbeddingCache } from './embeddingCache.ts';
import type { Fetch } from './http.ts';
import { OPENAI_SPACE, OpenAiEmbedder } from './openAiEmbedder.ts';
import { WorkersAiEmbedder } from './workersAi.ts';
import { DEFAULT_MODEL, isPooling, knownDimensions, type Pooling } from './workersAiModels.ts';

/** Which model computes the vectors, and where. */
export interface EmbeddingChoice {
  readonly model: string;
  /** Of a server that speaks OpenAI's `/v1/embeddings`, up to and with `/v1`; Workers AI where there is none. */
  readonly endpoint?: string | undefined;
  /** Of Workers AI. Default: the model's usual one. */
  readonly pooling?: Pooling | undefined;
  /** Where they are known; else the model is asked once. */
  readonly dimensions?: number | undefined;
}

/** The way to an OpenAI-compatible server; its key is not Cloudflare's token. */
export interface EndpointAccess {
  readonly fetch: Fetch;
  readonly key?: (() => string | undefined | Promise<string | undefined>) | undefined;
}

export interface EmbedderOptions {
  readonly client: CloudflareClient;
  readonly account: string;
  readonly access?: EndpointAccess | undefined;
  readonly cache?: EmbeddingCache | undefined;
  readonly log?: ClientLog | undefined;
}

/** Asks the model for a vector where its dimensions are not known. */
export const createEmbedder = async (
  { client, account, access, cache, log }: EmbedderOptions,
  { model, endpoint, pooling, dimensions }: EmbeddingChoice,
  call?: CallOptions,
): Promise<Embedder> => {
  if (endpoint === undefined) {
    const ai = { client, account, model, pooling, cache, log };
    const known = knownDimensions(model) ?? dimensions;
    return known === undefined
      ? WorkersAiEmbedder.probe(ai, call)
      : new WorkersAiEmbedder({ ...ai, dimensions: known });
  }
  if (access === undefined) throw new Error('an embedding server needs a way to it');
  const server = { ...access, baseUrl: checkedEndpoint(endpoint), model, cache, log };
  return dimensions === undefined
    ? OpenAiEmbedder.probe(server, call)
    : new OpenAiEmbedder({ ...server, dimensions });
};

/** Loopback, private and link-local addresses (RFC 1122, 1918, 3927, 4193, 4291). */
const nearAddresses = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  nearAddresses.addSubnet(network, bits, 'ipv4');
nearAddresses.addAddress('::1', 'ipv6');
nearAddresses.addSubnet('fc00::', 7, 'ipv6');
nearAddresses.addSubnet('fe80::', 10, 'ipv6');

/** Whether a host is this computer or in its own network: names without a dot, and those that no public server has, too. */
const isNear = (host: string): boolean => {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  if (family !== 0) return nearAddresses.check(address, family === 4 ? 'ipv4' : 'ipv6');
  return !host.includes('.') || /\.(?:local|localhost|internal|lan|home\.arpa)$/.test(host);
};

/** https, or http where the texts and the key stay on this computer or in its own network. */
const checkedEndpoint = (endpoint: string): string => {
  const { protocol, hostname, host, username, search, hash } = new URL(
    URL.canParse(endpoint) ? endpoint : 'none:',
  );
  const isPlain = username === '' && search === '' && hash === '';
  if (isPlain && (protocol === 'https:' || (protocol === 'http:' && isNear(hostname)))) return endpoint;
  if (isPlain && protocol === 'http:')
    throw new MemoryError(
      'misconfigured',
      `The embedding server ${host} is outside of this network: http:// would send it your memories and the key unencrypted.`,
      'Give its https:// address.',
    );
  throw new MemoryError(
    'misconfigured',
    'The address of the embedding server is not usable.',
    'Give an http:// or https:// address without a password, up to and with /v1, as in http://localhost:11434/v1.',
  );
};

/** The choice that a recorded space was made by; `present` adds where the server is and what it needs. */
export const choiceOfSpace = (space: string, present?: EmbeddingChoice): EmbeddingChoice => {
  if (space.startsWith(OPENAI_SPACE)) {
    const model = space.slice(OPENAI_SPACE.length);
    if (present?.endpoint !== undefined)
      return {
        model,
        endpoint: present.endpoint,
        ...(present.model === model && { dimensions: present.dimensions }),
      };
    throw new MemoryError(
      'misconfigured',
      `The vectors of this database are made by ${model} on an embedding server, and its address is not set here.`,
      'Set the address of the embedding server, and try again.',
    );
  }
  const [, model = space, pooling = ''] = /^(.*):([^:]*)$/.exec(space) ?? [];
  return {
    model,
    pooling: isPooling(pooling) ? pooling : undefined,
    ...(present?.model === model && { dimensions: present.dimensions }),
  };
};

/**
 * What to use with a database: what its vectors are made by, else what is wanted. Rejects another model: the vectors
 * of two can't be compared.
 */
export const choiceWith = (
  kept: string | undefined,
  wanted: { readonly model?: string | undefined; readonly endpoint?: string | undefined },
): EmbeddingChoice => {
  const { model, endpoint } = wanted;
  if (endpoint !== undefined && model === undefined)
    throw new MemoryError(
      'misconfigured',
      'An embedding server is named, but no model of it.',
      'Name the embedding model too, as in nomic-embed-text.',
    );
  const present = { model: model ?? DEFAULT_MODEL, endpoint };
  if (kept === undefined) return present;
  const choice = choiceOfSpace(kept, present);
  if (model === undefined || (choice.model === model && choice.endpoint === endpoint)) return choice;
  throw new MemoryError(
    'misconfigured',
    `The vectors of this database are made by ${choice.model}; those of ${model} can not be compared with them.`,
    'Keep its model, connect another database, or connect first and then rebuild the index for the other model.',
  );
};

/** What a database uses: rebuilt elsewhere, perhaps, its own model goes before the one that was connected here. */
export const choiceFor = (
  {
    model = DEFAULT_MODEL,
    endpoint,
    dimensions,
  }: { readonly [Key in 'model' | 'endpoint' | 'dimensions']?: EmbeddingChoice[Key] | undefined },
  state: { readonly index: string | undefined; readonly embeddingSpace: string | undefined } | undefined,
): EmbeddingChoice => {
  const present = { model, endpoint, dimensions };
  return state?.index === undefined || state.embeddingSpace === undefined
    ? present
    : choiceOfSpace(state.embeddingSpace, present);
};
