import { MemoryError } from '../memory/errors.ts';
import { readLargeContent } from '../memory/largeContent.ts';
import type { CallOptions, ObjectStore, SqlDatabase } from '../memory/ports.ts';
import { keepLargeContentFindable } from '../memory/storing.ts';
import type { ClientLog } from './client.ts';
import { CloudflareApiError } from './errors.ts';

export interface LargeRecord {
  readonly hash: string;
  /** Where its content lies in the bucket. */
  readonly objectKey: string;
  /** UTF-8 bytes of the content; 0 where the program that wrote it did not say. */
  readonly size: number;
}

export interface LargeContents {
  readonly sql: SqlDatabase;
  /** Undefined where no bucket is connected. */
  readonly objects: Pick<ObjectStore, 'get'> | undefined;
  readonly log?: ClientLog | undefined;
}

/** In SQL, whether the beginning of a record's large content is not known here. */
export const IS_UNREAD = `m.r2_key IS NOT NULL AND NOT EXISTS
  (SELECT 1 FROM em_info i WHERE i.content_hash = m.content_hash AND i.excerpt IS NOT NULL)`;

/**
 * mcp-memory-service leaves of large content a placeholder in the record: gives such memories the beginning that lists
 * show and keywords find. One request each, and one for the rows. What can't be read is left as it is, for Repair;
 * answers the hashes of those that may be read later.
 */
export const makeLargeContentFindable = async (
  { sql, objects, log }: LargeContents,
  records: readonly LargeRecord[],
  options?: CallOptions,
): Promise<ReadonlySet<string>> => {
  const later = new Set<string>();
  if (objects === undefined) return later;
  for (const record of records) {
    const { content, mayComeRight, barred } = await tryReading(objects, record, options);
    if (barred !== undefined) {
      log?.warn(
        `Large contents of mcp-memory-service are not found by their words: ${barred.message} ${barred.nextStep} Then run Repair.`,
      );
      return later;
    }
    if (mayComeRight) later.add(record.hash);
    // One at a time: each may be as large as R2 takes.
    if (content !== undefined)
      await sql.write(
        keepLargeContentFindable([{ contentHash: record.hash, content }], sql.features.fullText),
        options,
      );
  }
  return later;
};

/** The same for all that were left. */
export const makeAllLargeContentFindable = async (
  contents: LargeContents,
  options?: CallOptions,
): Promise<void> => {
  const [rows = []] = await contents.sql.read(
    [
      {
        sql: `SELECT m.content_hash, m.r2_key, m.content_size FROM memories m WHERE +m.deleted_at IS NULL AND ${IS_UNREAD}`,
      },
    ],
    options,
  );
  const records = rows.map((row) => ({
    hash: String(row['content_hash']),
    objectKey: String(row['r2_key']),
    size: Number(row['content_size']),
  }));
  await makeLargeContentFindable(contents, records, options);
};

interface Reading {
  readonly content?: string;
  readonly mayComeRight?: boolean;
  /** Why no object can be read at all. */
  readonly barred?: MemoryError;
}

const BARRING: ReadonlySet<string> = new Set(['forbidden', 'unauthorized', 'misconfigured']);

/** Rejects where nothing can be asked for now. */
export const tryReading = async (
  objects: Pick<ObjectStore, 'get'>,
  { hash, objectKey, size }: LargeRecord,
  options?: CallOptions,
): Promise<Reading> => {
  try {
    const record = { memory: { contentHash: hash }, recordedSize: size };
    return { content: await readLargeContent(objects, record, objectKey, options) };
  } catch (error) {
    if (MemoryError.is(error, 'damaged')) return {};
    if (MemoryError.is(error, 'service-failed'))
      return { mayComeRight: CloudflareApiError.of(error)?.isRetryable ?? false };
    // The database took the same token a moment ago: it is R2 that it may not use.
    if (MemoryError.is(error) && BARRING.has(error.code)) return { barred: error };
    throw error;
  }
};
