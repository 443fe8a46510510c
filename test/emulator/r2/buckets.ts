import { createHash, randomUUID } from 'node:crypto';
import { refuse } from '../envelope.ts';

export interface StoredObject {
  readonly key: string;
  readonly content: Buffer;
  readonly etag: string;
  readonly version: string;
  readonly uploaded: string;
  readonly storageClass: string;
  /** `content-type` and its like, as they were sent. */
  readonly httpHeaders: Readonly<Record<string, string>>;
}

export interface Bucket {
  readonly name: string;
  readonly jurisdiction: string;
  readonly location: string;
  readonly storageClass: string;
  readonly created: string;
  readonly objects: Map<string, StoredObject>;
}

/** The objects of a bucket are at most this large through the REST API. */
export const maxObjectBytes = 300 * 1024 * 1024;

/** The buckets of one account, in memory. A bucket with a jurisdiction exists only for requests that name it. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  create(name: string, jurisdiction: string, options: { location?: string; storageClass?: string }): Bucket {
    if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) {
      refuse(400, 10005, 'The specified bucket name is not valid.');
    }
    if (this.#buckets.has(`${jurisdiction}/${name}`)) {
      refuse(409, 10004, 'The bucket you tried to create already exists, and you own it.');
    }
    const bucket: Bucket = {
      name,
      jurisdiction,
      location: options.location ?? 'WEUR',
      storageClass: options.storageClass ?? 'Standard',
      created: new Date(this.#now()).toISOString(),
      objects: new Map(),
    };
    this.#buckets.set(`${jurisdiction}/${name}`, bucket);
    return bucket;
  }

  list(jurisdiction: string): Bucket[] {
    return [...this.#buckets.values()].filter((bucket) => bucket.jurisdiction === jurisdiction);
  }

  get(name: string, jurisdiction: string): Bucket {
    return (
      this.#buckets.get(`${jurisdiction}/${name}`) ??
      refuse(404, 10006, 'The specified bucket does not exist.')
    );
  }

  delete({ name, jurisdiction, objects }: Bucket): void {
    if (objects.size > 0) refuse(409, 10008, 'The bucket you tried to delete is not empty.');
    this.#buckets.delete(`${jurisdiction}/${name}`);
  }

  put(
    bucket: Bucket,
    key: string,
    content: Buffer,
    httpHeaders: Record<string, string>,
    storageClass = bucket.storageClass,
  ): StoredObject {
    if (key === '' || Buffer.byteLength(key) > 1024)
      refuse(400, 10020, 'The specified object name is not valid.');
    if (content.length > maxObjectBytes) {
      refuse(413, 100100, 'Your proposed upload exceeds the maximum allowed object size.');
    }
    const object: StoredObject = {
      key,
      content,
      etag: createHash('md5').update(content).digest('hex'),
      version: randomUUID().replaceAll('-', ''),
      uploaded: new Date(this.#now()).toISOString(),
      storageClass,
      httpHeaders,
    };
    bucket.objects.set(key, object);
    return object;
  }
}

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  readonly delimited: readonly string[];
  /** The last key or prefix that was given, where there are more. */
  readonly cursor?: string;
}

/** Keys in UTF-8 order, those with the delimiter after the prefix folded into one entry each. */
export function listObjects(
  bucket: Bucket,
  options: { prefix: string; delimiter: string; after: string; limit: number },
): ObjectPage {
  const { prefix, delimiter, after, limit } = options;
  const objects: StoredObject[] = [];
  const delimited = new Set<string>();
  let last = '';
  const sorted = [...bucket.objects.values()].sort((a, b) =>
    Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)),
  );
  for (const object of sorted) {
    if (!object.key.startsWith(prefix)) continue;
    const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const entry = cut === -1 ? object.key : object.key.slice(0, cut + delimiter.length);
    if (delimited.has(entry) || Buffer.compare(Buffer.from(entry), Buffer.from(after)) <= 0) continue;
    if (objects.length + delimited.size >= limit) return { objects, delimited: [...delimited], cursor: last };
    last = entry;
    if (cut === -1) objects.push(object);
    else delimited.add(entry);
  }
  return { objects, delimited: [...delimited] };
}
