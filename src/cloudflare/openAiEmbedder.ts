import * as z from 'zod';
import { MemoryError, type MemoryErrorCode } from '../memory/errors.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { ClientLog } from './client.ts';
import type { Clock } from './clock.ts';
import type { EmbeddingCache } from './embeddingCache.ts';
import { CHUNK, DUPLICATE_SIMILARITY, normalisedVectors, vectorValues } from './embeddings.ts';
import { harmlessMessage } from './harmless.ts';
import { exchange, TransportError, type Fetch, type HttpAnswer } from './http.ts';
import { retryAfterOf } from './rateLimitHeaders.ts';
import { dimensionsOf, type EmbeddingService, RemoteEmbedder } from './remoteEmbedder.ts';
import { withRetries, type RetryPolicy } from './retry.ts';

/** Small servers on one's own computer take a list at a time, and few at once. */
const TEXTS_PER_REQUEST = 32;
const PARALLEL = 2;
/** How the spaces of such models begin. */
export const OPENAI_SPACE = 'openai:';
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

const answerSchema = z.object({
  data: z.array(z.object({ index: z.number().optional(), embedding: vectorValues })),
});

export interface OpenAiOptions extends RetryPolicy {
  readonly fetch: Fetch;
  /** Up to and with `/v1`, as in `http://localhost:11434/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** Sent as a bearer token; local servers need none. */
  readonly key?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Default 120 s: a model may have to be loaded first. */
  readonly timeoutMs?: number | undefined;
  readonly cache?: EmbeddingCache | undefined;
  readonly log?: ClientLog | undefined;
  readonly clock?: Clock | undefined;
}

/** Embeddings by any server that speaks OpenAI's `POST /v1/embeddings`: Ollama, LM Studio, a company's gateway. */
export class OpenAiEmbedder extends RemoteEmbedder {
  constructor(options: OpenAiOptions & { readonly dimensions: number }) {
    super(serviceOf(options), options.dimensions);
  }

  /** Learns the dimensions first. */
  static async probe(options: OpenAiOptions, call?: CallOptions): Promise<OpenAiEmbedder> {
    return new OpenAiEmbedder({ ...options, dimensions: await dimensionsOf(serviceOf(options), call) });
  }
}

const serviceOf = (options: OpenAiOptions): EmbeddingService => ({
  describe: (dimensions) => ({
    space: `${OPENAI_SPACE}${options.model}`,
    dimensions,
    chunk: CHUNK,
    fusionWeight: 0.8,
    minSimilarity: 0.3,
    duplicateSimilarity: DUPLICATE_SIMILARITY,
    label: `${options.model} (${hostOf(options.baseUrl)})`,
    understands: () => true,
  }),
  compute: (texts, dimensions, call) => run(options, texts, dimensions, call),
  textsPerRequest: TEXTS_PER_REQUEST,
  parallel: PARALLEL,
  cache: options.cache,
  log: options.log,
});

const run = async (
  options: OpenAiOptions,
  texts: readonly string[],
  dimensions: number | undefined,
  { signal }: CallOptions = {},
): Promise<Float32Array[]> => {
  const place = hostOf(options.baseUrl);
  const key = (await options.key?.()) ?? '';
  const answer = await withRetries(() => post(options, key, texts, signal), {
    ...options,
    signal,
    repeatAfter: (error) => (error instanceof EndpointError ? error.repeatAfter : false),
    onRetry: (_, { retry, of, ms }) =>
      options.log?.warn(`${place} did not embed; retry ${retry} of ${of} in ${(ms / 1000).toFixed(1)} s`),
  }).catch((error: unknown) => {
    throw error instanceof EndpointError ? error.explained(place, options.model) : error;
  });
  const inOrder = answer.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
  return normalisedVectors(
    inOrder.map(({ embedding }) => embedding),
    { texts: texts.length, dimensions, model: options.model },
  );
};

type EndpointAnswer = z.output<typeof answerSchema>['data'];

const post = async (
  { fetch, baseUrl, model, timeoutMs = 120_000, clock }: OpenAiOptions,
  key: string,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<EndpointAnswer> => {
  const body = JSON.stringify({ model, input: texts, encoding_format: 'float' });
  const answer = await exchange(fetch, {
    method: 'POST',
    url: `${baseUrl.replace(/\/+$/, '')}/embeddings`,
    headers: {
      'content-type': 'application/json',
      ...(/^[\x21-\x7e]+$/.test(key) && { authorization: `Bearer ${key}` }),
    },
    body,
    signal,
    timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
  }).catch((error: unknown) => {
    if (!(error instanceof TransportError)) throw error;
    const again = error.failure === 'reset' || error.failure === 'timeout';
    throw new EndpointError(error.message, { status: 0, repeatAfter: again ? 0 : false });
  });
  if (answer.status >= 400) throw refusal(answer, [key, ...texts], clock?.now() ?? Date.now());
  const parsed = answerSchema.safeParse(jsonOrUndefined(answer));
  if (parsed.success) return parsed.data.data;
  throw new EndpointError('an answer that is not OpenAI’s', { status: answer.status, repeatAfter: false });
};

interface EndpointErrorFields {
  readonly status: number;
  readonly repeatAfter: number | false;
}

class EndpointError extends Error {
  readonly status: number;
  readonly repeatAfter: number | false;

  constructor(message: string, { status, repeatAfter }: EndpointErrorFields) {
    super(message);
    this.status = status;
    this.repeatAfter = repeatAfter;
  }

  explained(place: string, model: string): MemoryError {
    const [code, nextStep] = explanationOf(this.status, model);
    const status = this.status === 0 ? '' : ` (HTTP ${this.status})`;
    return new MemoryError(code, `The embedding server ${place} failed: ${this.message}${status}.`, nextStep);
  }
}

const explanationOf = (status: number, model: string): readonly [MemoryErrorCode, string] => {
  switch (status) {
    case 0:
      return ['offline', 'Check that the server runs and that its address is right.'];
    case 401:
    case 403:
      return ['embedding-unauthorized', 'Enter the key of this server again.'];
    case 404:
      return ['misconfigured', `Check the address, and that the server has the model “${model}”.`];
    case 429:
      return ['rate-limited', 'Wait a little and try again.'];
    default:
      return ['embedding-failed', 'Look at the server’s own log, and try again.'];
  }
};

const refusal = (answer: HttpAnswer, sent: readonly string[], now: number): EndpointError => {
  const parsed = z.object({ error: z.object({ message: z.string() }) }).safeParse(jsonOrUndefined(answer));
  const message = parsed.success
    ? harmlessMessage(parsed.data.error.message, sent)
    : 'it refused the request';
  const again = answer.status === 429 || answer.status >= 500;
  return new EndpointError(message, {
    status: answer.status,
    repeatAfter: again ? (retryAfterOf(answer.headers, now) ?? 0) : false,
  });
};

const jsonOrUndefined = ({ body }: HttpAnswer): unknown => {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};

const hostOf = (baseUrl: string): string => (URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl);
