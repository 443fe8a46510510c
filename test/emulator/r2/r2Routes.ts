import { z } from 'zod';
import type { Permission } from '../auth.ts';
import { ok, parseBody, refuse } from '../envelope.ts';
import type { Reply } from '../envelope.ts';
import type { EmulatorSettings } from '../options.ts';
import type { ApiRequest, Route } from '../router.ts';
import { param } from '../router.ts';
import type { Bucket, StoredObject } from './buckets.ts';
import { Buckets, listObjects } from './buckets.ts';

const createBody = z.object({
  name: z.string(),
  locationHint: z.enum(['apac', 'eeur', 'enam', 'weur', 'wnam', 'oc']).optional(),
  storageClass: z.enum(['Standard', 'InfrequentAccess']).optional(),
});
const keptHeaders = [
  'content-type',
  'content-encoding',
  'content-disposition',
  'content-language',
  'cache-control',
  'expires',
] as const;
const edit: readonly Permission[] = ['Workers R2 Storage Edit'];
const read: readonly Permission[] = ['Workers R2 Storage Read', 'Workers R2 Storage Edit'];

/** R2's part of the API. */
export function r2Routes(settings: EmulatorSettings, now: () => number): Route[] {
  const byAccount = new Map<string, Buckets>();

  const bucketsOf = (request: ApiRequest): Buckets => {
    if (!settings.r2Enabled) refuse(403, 10042, 'Please enable R2 through the Cloudflare Dashboard.');
    const account = param(request, 'account');
    const buckets = byAccount.get(account) ?? new Buckets(now);
    byAccount.set(account, buckets);
    return buckets;
  };
  const bucketOf = (request: ApiRequest): Bucket =>
    bucketsOf(request).get(param(request, 'bucket'), jurisdictionOf(request));
  const objectOf = (request: ApiRequest): StoredObject =>
    bucketOf(request).objects.get(param(request, 'key')) ??
    refuse(404, 10007, 'The specified key does not exist.');

  const create = (request: ApiRequest): Reply => {
    const { name, locationHint, storageClass } = parseBody(request.body, createBody, 10040);
    const bucket = bucketsOf(request).create(name, jurisdictionOf(request), {
      ...(locationHint && { location: locationHint.toUpperCase() }),
      ...(storageClass && { storageClass }),
    });
    return ok(describeBucket(bucket));
  };

  const put = (request: ApiRequest): Reply => {
    const storageClass = headerOf(request, 'cf-r2-storage-class');
    const kept = keptHeaders.flatMap((name) => {
      const value = headerOf(request, name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const buckets = bucketsOf(request);
    const object = buckets.put(
      bucketOf(request),
      param(request, 'key'),
      request.body,
      Object.fromEntries(kept),
      storageClass,
    );
    const { key, etag, version, uploaded, content } = object;
    return ok({
      key,
      etag,
      version,
      uploaded,
      size: String(content.length),
      storage_class: object.storageClass,
    });
  };

  const get = (request: ApiRequest): Reply => {
    const { content, etag, uploaded, httpHeaders } = objectOf(request);
    const headers = { etag: `"${etag}"`, 'last-modified': new Date(uploaded).toUTCString() };
    if (request.headers['if-none-match'] === headers.etag) return { status: 304, headers, body: '' };
    const type = { 'content-type': 'application/octet-stream' };
    return { status: 200, headers: { ...type, ...httpHeaders, ...headers }, body: content };
  };

  const list = (request: ApiRequest): Reply => {
    const { query } = request;
    const cursor = query.get('cursor');
    const page = listObjects(bucketOf(request), {
      prefix: query.get('prefix') ?? '',
      delimiter: query.get('delimiter') ?? '',
      after: cursor === null ? (query.get('start_after') ?? '') : Buffer.from(cursor, 'base64url').toString(),
      limit: Math.min(Number(query.get('per_page') ?? 20), 1000),
    });
    const next = page.cursor === undefined ? {} : { cursor: Buffer.from(page.cursor).toString('base64url') };
    const info = { ...next, is_truncated: page.cursor !== undefined, delimited: page.delimited };
    return ok(page.objects.map(describeObject), { resultInfo: info });
  };

  const root = '/accounts/:account/r2/buckets';
  const one = `${root}/:bucket`;
  return [
    { method: 'POST', pattern: root, needs: edit, handle: create },
    {
      method: 'GET',
      pattern: root,
      needs: read,
      handle: (request) => {
        const contained = request.query.get('name_contains') ?? '';
        const buckets = bucketsOf(request).list(jurisdictionOf(request));
        return ok({ buckets: buckets.filter(({ name }) => name.includes(contained)).map(describeBucket) });
      },
    },
    { method: 'GET', pattern: one, needs: read, handle: (request) => ok(describeBucket(bucketOf(request))) },
    {
      method: 'DELETE',
      pattern: one,
      needs: edit,
      handle: (request) => {
        bucketsOf(request).delete(bucketOf(request));
        return ok({});
      },
    },
    { method: 'GET', pattern: `${one}/objects`, needs: read, handle: list },
    { method: 'PUT', pattern: `${one}/objects/*key`, needs: edit, handle: put },
    { method: 'GET', pattern: `${one}/objects/*key`, needs: read, handle: get },
    {
      method: 'DELETE',
      pattern: `${one}/objects/*key`,
      needs: edit,
      // Deleting what isn't there succeeds, as everywhere else in R2.
      handle: (request) => {
        const key = param(request, 'key');
        bucketOf(request).objects.delete(key);
        return ok({ key });
      },
    },
  ];
}

function jurisdictionOf(request: ApiRequest): string {
  return headerOf(request, 'cf-r2-jurisdiction') ?? 'default';
}

function headerOf(request: ApiRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function describeBucket({ name, jurisdiction, location, storageClass, created }: Bucket): object {
  return { name, jurisdiction, location, storage_class: storageClass, creation_date: created };
}

function describeObject({ key, etag, content, uploaded, storageClass, httpHeaders }: StoredObject): object {
  const contentType = httpHeaders['content-type'];
  return {
    key,
    etag,
    size: content.length,
    last_modified: uploaded,
    storage_class: storageClass,
    ssec: false,
    http_metadata: contentType === undefined ? {} : { contentType },
    custom_metadata: {},
  };
}
