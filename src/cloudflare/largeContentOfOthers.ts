import { MemoryError } from '../memory/errors.ts';
import type { CallOptions, ObjectStore, SqlDatabase } from '../memory/ports.ts';
import { keepLargeContentFindable } from '../memory/storing.ts';

export interface LargeRecord {
  readonly hash: string;
  /** Where its content lies in the bucket. */
  readonly objectKey: string;
}

/**
 * mcp-memory-service leaves of large content a placeholder in the record: gives such memories the beginning that lists
 * show and keywords find. What can't be read is left as it is. One request each, and one for the rows.
 */
export const makeLargeContentFindable = async (
  { sql, objects }: { sql: SqlDatabase; objects: Pick<ObjectStore, 'get'> | undefined },
  records: readonly LargeRecord[],
  options?: CallOptions,
): Promise<void> => {
  if (objects === undefined) return;
  for (const { hash, objectKey } of records) {
    const content = await readIfThere(objects, objectKey, options);
    // One at a time: each may be as large as R2 takes.
    if (content !== undefined)
      await sql.write(
        keepLargeContentFindable([{ contentHash: hash, content }], sql.features.fullText),
        options,
      );
  }
};

const readIfThere = async (
  objects: Pick<ObjectStore, 'get'>,
  key: string,
  options?: CallOptions,
): Promise<string | undefined> => {
  try {
    return await objects.get(key, options);
  } catch (error) {
    if (MemoryError.is(error, 'damaged')) return undefined;
    throw error;
  }
};
