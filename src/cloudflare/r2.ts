import * as z from 'zod';
import { MemoryError } from '../memory/errors.ts';
import type { CallOptions, ObjectStore } from '../memory/ports.ts';
import { apiPath } from './apiPath.ts';
import { jsonBody, type ApiCall, type CloudflareClient } from './client.ts';
import { CloudflareApiError } from './errors.ts';
import type { Resource } from './explainError.ts';
import { inParallel } from './inParallel.ts';

const NO_SUCH_KEY = 10007;
const ALREADY_YOURS = 10004;
const PARALLEL = 4;
/** What R2's REST API takes; a memory has at most 16 MB. */
const MAX_OBJECT_BYTES = 300 * 1024 * 1024;
/** 16 MB over a slow line. */
const TRANSFER_TIMEOUT_MS = 300_000;

export interface R2Options {
  readonly client: CloudflareClient;
  readonly account: string;
  readonly bucket: string;
  /** `eu` or `fedramp`, where the bucket was made with one: without it Cloudflare does not find the bucket. */
  readonly jurisdiction?: string | undefined;
}

export interface R2ObjectPage {
  readonly keys: readonly string[];
  /** When each was written last, in the order of the keys. Seconds since the epoch; undefined where R2 does not say. */
  readonly writtenAt: readonly (number | undefined)[];
  /** Cursor of the next page. */
  readonly next: string | undefined;
}

/** Texts in an R2 bucket, as UTF-8. */
export class R2ObjectStore implements ObjectStore {
  readonly #options: R2Options;
  readonly #resource: Resource;

  constructor(options: R2Options) {
    this.#options = options;
    this.#resource = { product: 'R2', name: `the R2 bucket ${options.bucket}` };
  }

  async put(key: string, content: string, options?: CallOptions): Promise<void> {
    const body = { type: 'text/plain; charset=utf-8', content: new TextEncoder().encode(content) };
    const call = { ...this.#call('PUT', key, options), body, confidential: [content] };
    await this.#options.client.request(call, z.unknown());
  }

  async get(key: string, options?: CallOptions): Promise<string | undefined> {
    const bytes = await unlessMissing(this.#options.client.download(this.#call('GET', key, options)));
    return bytes && this.#textOf(bytes, key);
  }

  async delete(keys: readonly string[], options?: CallOptions): Promise<void> {
    await inParallel(keys, PARALLEL, (key) =>
      unlessMissing(this.#options.client.request(this.#call('DELETE', key, options), z.unknown())),
    );
  }

  async deleteOlder(keys: readonly string[], time: number, options?: CallOptions): Promise<string[]> {
    const left = await inParallel(keys, PARALLEL, async (key) => {
      const found = await this.list(key, undefined, options);
      const at = found.keys.indexOf(key);
      if (at < 0) return [];
      if ((found.writtenAt[at] ?? Infinity) >= time) return [key];
      await this.delete([key], options);
      return [];
    });
    return left.flat();
  }

  /** Keys that begin with `prefix`, a page at a time. */
  async list(prefix: string, cursor?: string, options: CallOptions = {}): Promise<R2ObjectPage> {
    const { client, account, bucket } = this.#options;
    const page = await client.requestPage(
      {
        ...options,
        method: 'GET',
        path: apiPath`/accounts/${account}/r2/buckets/${bucket}/objects`,
        query: { prefix, cursor, per_page: 1000 },
        headers: jurisdictionHeader(this.#options.jurisdiction),
        resource: this.#resource,
      },
      z.array(z.object({ key: z.string(), last_modified: z.string().optional() })),
    );
    const next = page.info.is_truncated === false ? undefined : page.info.cursor;
    const writtenAt = page.result.map(({ last_modified: at = '' }) => {
      const ms = Date.parse(at);
      return Number.isNaN(ms) ? undefined : ms / 1000;
    });
    return { keys: page.result.map(({ key }) => key), writtenAt, next: next === '' ? undefined : next };
  }

  #call(method: 'GET' | 'PUT' | 'DELETE', key: string, options?: CallOptions): ApiCall {
    const { account, bucket, jurisdiction } = this.#options;
    return {
      ...options,
      method,
      // The key is one segment, its slashes encoded: one from a shared database must not lead out of the bucket.
      path: apiPath`/accounts/${account}/r2/buckets/${bucket}/objects/${key}`,
      headers: jurisdictionHeader(jurisdiction),
      resource: this.#resource,
      timeoutMs: TRANSFER_TIMEOUT_MS,
      maxBytes: MAX_OBJECT_BYTES,
    };
  }

  #textOf(bytes: Buffer, key: string): string {
    try {
      // Without ignoreBOM a leading U+FEFF would be lost.
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new MemoryError(
        'damaged',
        `The object ${key} in ${this.#resource.name} is not text.`,
        'Another program may have replaced it: restore it, or delete its memory.',
      );
    }
  }
}

/** Undefined where there is no such object; a missing bucket stays an error. */
const unlessMissing = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (CloudflareApiError.of(error)?.code === NO_SUCH_KEY) return undefined;
    throw error;
  }
};

const jurisdictionHeader = (jurisdiction: string | undefined): Record<string, string> =>
  jurisdiction === undefined ? {} : { 'cf-r2-jurisdiction': jurisdiction };

export interface R2Place {
  readonly jurisdiction?: string | undefined;
}

/** Names of the account's buckets; those with a jurisdiction only where it is named. */
export const listR2Buckets = async (
  client: CloudflareClient,
  account: string,
  { jurisdiction, ...options }: R2Place & CallOptions = {},
): Promise<string[]> => {
  const call: ApiCall = {
    ...options,
    method: 'GET',
    path: apiPath`/accounts/${account}/r2/buckets`,
    query: { per_page: 1000 },
    headers: jurisdictionHeader(jurisdiction),
    resource: { product: 'R2', name: 'the list of R2 buckets' },
  };
  const { buckets } = await client.request(
    call,
    z.object({ buckets: z.array(z.object({ name: z.string() })) }),
  );
  return buckets.map(({ name }) => name);
};

/** A bucket of this name that the account has already is no error. */
export const createR2Bucket = async (
  { client, account, bucket, jurisdiction }: R2Options,
  { locationHint, ...options }: { locationHint?: string | undefined } & CallOptions = {},
): Promise<void> => {
  const call: ApiCall = {
    ...options,
    method: 'POST',
    path: apiPath`/accounts/${account}/r2/buckets`,
    body: jsonBody({ name: bucket, locationHint }),
    headers: jurisdictionHeader(jurisdiction),
    resource: { product: 'R2', name: `the R2 bucket ${bucket}` },
    idempotent: true,
  };
  try {
    await client.request(call, z.unknown());
  } catch (error) {
    if (CloudflareApiError.of(error)?.code !== ALREADY_YOURS) throw error;
  }
};
