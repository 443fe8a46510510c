import type { CallOptions } from '../memory/ports.ts';
import type { CloudflareClient } from './client.ts';
import { type Inspection, type Resources, USUAL_NAMES } from './provision.ts';
import { R2ObjectStore } from './r2.ts';
import { VectorizeIndex } from './vectorize.ts';

export interface NamedBeside {
  readonly client: CloudflareClient;
  readonly account: string;
  readonly resources: Resources;
  readonly jurisdiction: string | undefined;
  /** The name of the database, and what it holds where it exists. */
  readonly database: string;
  readonly inspection: Inspection | undefined;
}

/** Undefined: nobody named one. A bucket of null: none. */
export interface WantedNames {
  readonly index: string | undefined;
  readonly bucket: string | null | undefined;
}

export interface ResourceNames {
  readonly index: string;
  readonly bucket: string | null;
  /** How many vectors of other memories an index holds that was named for a database without any. */
  readonly foreignVectors: number;
}

/** Whether it was never connected and has no memories, so that nothing in any index or bucket is its own. */
export const isFresh = (inspection: Inspection | undefined): boolean =>
  inspection === undefined ||
  (inspection.state.schemaVersion === 0 && inspection.live + inspection.deleted === 0);

/**
 * The index and the bucket beside a database: the index that it was rebuilt into; else those that somebody named; else
 * those that it was connected with; else the usual ones, or ones of its own where those may serve other memories.
 */
export const namesBeside = async (
  beside: NamedBeside,
  wanted: WantedNames,
  call?: CallOptions,
): Promise<ResourceNames> => {
  const { database, inspection } = beside;
  const fresh = isFresh(inspection);
  const vectorsIn = async (name: string): Promise<number> => {
    const { client, account, resources } = beside;
    if (!resources.indexes.some((index) => index.name === name)) return 0;
    return (await new VectorizeIndex({ client, account, index: name }).info(call)).vectorCount;
  };
  const namedIndex = inspection?.state.index ?? wanted.index ?? inspection?.state.connectedIndex;
  const namedBucket = wanted.bucket === null ? null : (wanted.bucket ?? inspection?.state.connectedBucket);
  const [index, bucket, foreignVectors] = await Promise.all([
    namedIndex ??
      (fresh
        ? firstFree(namesFor('index', database), async (name) => (await vectorsIn(name)) === 0)
        : USUAL_NAMES.index),
    namedBucket !== undefined
      ? namedBucket
      : fresh
        ? firstFree(namesFor('bucket', database), (name) => isEmpty(beside, name, call))
        : USUAL_NAMES.bucket,
    fresh && namedIndex !== undefined ? vectorsIn(namedIndex) : 0,
  ]);
  return { index, bucket, foreignVectors };
};

/** The index that has a database's vectors, where that was recorded. */
export const connectedIndexOf = (inspection: Inspection | undefined): string | undefined =>
  inspection?.state.index ?? inspection?.state.connectedIndex;

/** What an index of its own is called first beside a database of this name. */
export const ownIndexName = (database: string): string => namesFor('index', database).next().value;

const ENDINGS = { index: 'index', bucket: 'content' } as const;
/** Further endings, `-chunks` and `-v2`, fit into 63 characters too. */
const BASE = 40;

/** The usual one for the database of the usual name, then its own ones. */
function* namesFor(kind: 'index' | 'bucket', database: string): Generator<string, never> {
  if (database === USUAL_NAMES.database) yield USUAL_NAMES[kind];
  const slug = database.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const base = slug.slice(0, BASE).replaceAll(/^-|-$/g, '');
  const name = `${base === '' ? 'memory' : base}-${ENDINGS[kind]}`;
  yield name;
  for (let number = 2; ; number++) yield `${name}-${number}`;
}

const firstFree = async (
  names: Generator<string, never>,
  isFree: (name: string) => Promise<boolean>,
): Promise<string> => {
  for (;;) {
    const { value } = names.next();
    if (await isFree(value)) return value;
  }
};

const isEmpty = async (
  { client, account, resources, jurisdiction }: NamedBeside,
  bucket: string,
  call?: CallOptions,
): Promise<boolean> => {
  if (!resources.buckets?.includes(bucket)) return true;
  const { keys } = await new R2ObjectStore({ client, account, bucket, jurisdiction }).list(
    'content/',
    undefined,
    call,
  );
  return keys.length === 0;
};
