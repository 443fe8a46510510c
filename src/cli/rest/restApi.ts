import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import * as z from 'zod';
import { MemoryError } from '../../memory/errors.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';
import { decodeUtf8 } from '../input.ts';
import { LONGEST_MESSAGE } from '../../mcp/longestMessage.ts';
import { refusalOf, refused } from './restErrors.ts';
import { guard } from './restGuard.ts';
import { restMemory, restSearch, restStats } from './restMemory.ts';

export interface RestApiOptions {
  readonly store: MemoryStore;
  readonly backend: string;
  readonly version: string;
  /** Asked of every request, where there is one. */
  readonly key?: string | undefined;
  /** Told of what was not expected. */
  readonly onError: (error: unknown) => void;
}

/** The guides give tags as a list; a text with commas is taken too. */
const tags = z.union([z.array(z.string()), z.string().transform((text) => text.split(','))]).nullish();
const newMemory = z.object({
  content: z.string(),
  tags,
  memory_type: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});
const search = z.object({ query: z.string(), n_results: z.int().min(1).max(1000).default(10) });

/** The routes of mcp-memory-service that its guides show, over any store. */
export const createRestApi = ({ store, backend, version, key, onError }: RestApiOptions): Hono => {
  const api = new Hono();
  api.use(
    secureHeaders({
      strictTransportSecurity: false,
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    }),
  );
  api.use(async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-store');
  });
  api.use(guard(key));
  api.use(
    bodyLimit({
      maxSize: LONGEST_MESSAGE,
      onError: (context) =>
        answerRefusal(context, refused(413, 'The body is larger than 40 MB.', 'Store it in parts.')),
    }),
  );
  api.onError((error, context) => {
    if (!MemoryError.is(error)) onError(error);
    return answerRefusal(context, refusalOf(error));
  });
  api.notFound((context) =>
    answerRefusal(
      context,
      refused(
        404,
        `There is no ${context.req.method} ${context.req.path.slice(0, 200)}.`,
        'There are POST /api/memories, POST /api/search, GET /api/stats and GET /api/health.',
      ),
    ),
  );

  api.post('/api/memories', async (context) => {
    const call = { signal: context.req.raw.signal };
    const given = await bodyOf(context, newMemory, 'The memory');
    const { contentHash, outcome } = await store.store(
      {
        content: given.content,
        tags: given.tags ?? [],
        memoryType: given.memory_type ?? undefined,
        metadata: given.metadata ?? undefined,
        source: { client: 'rest' },
      },
      call,
    );
    const [memory] = await store.get([contentHash], call);
    return context.json({
      success: true,
      message: MESSAGES[outcome],
      content_hash: contentHash,
      memory: memory === undefined ? null : restMemory(memory),
    });
  });

  for (const path of ['/api/search', '/api/memories/search'])
    api.post(path, async (context) => {
      const began = performance.now();
      const { query, n_results: limit } = await bodyOf(context, search, 'The search');
      const answer = await store.search({ query, limit }, { signal: context.req.raw.signal });
      return context.json(restSearch(answer, query, Math.round(performance.now() - began)));
    });

  api.get('/api/stats', async (context) =>
    context.json(restStats(await store.stats({ signal: context.req.raw.signal }), backend)),
  );

  api.get('/api/health', async (context) => {
    const facts = { version, backend, timestamp: new Date().toISOString() };
    try {
      await store.list({ limit: 1, contentLimit: 0 }, { signal: context.req.raw.signal });
      return context.json({ status: 'healthy', ...facts });
    } catch (error) {
      return context.json({ status: 'unhealthy', ...facts, ...refusalOf(error).body }, 503);
    }
  });
  return api;
};

const MESSAGES = {
  stored: 'Memory stored',
  merged: 'The memory was there already; its tags and details were merged',
  revived: 'Memory stored; it had been deleted before',
} as const;

const answerRefusal = (context: Context, { status, body }: ReturnType<typeof refused>): Response =>
  context.json(body, status);

/** Request's own json() would store U+FFFD for what is not UTF-8, without a word. */
const jsonOf = async ({ req }: Context): Promise<unknown> => {
  let what = 'text in UTF-8';
  try {
    const text = decodeUtf8(new Uint8Array(await req.arrayBuffer()));
    what = 'JSON';
    return JSON.parse(text);
  } catch (error) {
    req.raw.signal.throwIfAborted();
    throw new MemoryError('invalid-input', `The body is not ${what}.`, 'Correct it and try again.', {
      cause: error,
    });
  }
};

/** Rejects with `invalid-input` where the body is no JSON, or not of this form. */
const bodyOf = async <T>(context: Context, schema: z.ZodType<T>, what: string): Promise<T> => {
  const parsed = schema.safeParse(await jsonOf(context));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new MemoryError(
    'invalid-input',
    `${what} is not valid: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'unknown problem'}.`,
    'Correct it and try again.',
  );
};
