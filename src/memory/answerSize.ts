import { groupsOf } from './groups.ts';
import type { CallOptions, SqlDatabase } from './ports.ts';
import { type MemoryRecord, selectByHash, toRecord } from './records.ts';

/** Characters of content in one answer over a network, which is bounded in bytes: D1's client takes 64 MB. */
const ANSWERED = 10_000_000;
/** D1 takes 2,000,000 bytes a row: so many fit into one answer whatever they hold. */
const WHOLE_TOGETHER = 30;
/** Hashes in one parameter. */
const ASKED_TOGETHER = 1000;

/** Characters of content for each of so many rows; undefined where the answer may be as large as it will. */
export const shareOf = (rows: number, { features }: SqlDatabase): number | undefined =>
  features.remote ? Math.floor(ANSWERED / Math.max(1, rows)) : undefined;

/** The records of these memories, in no order, with all of the content that lies in them, however much that is. */
export const readRecords = async (
  sql: SqlDatabase,
  contentHashes: readonly string[],
  options?: CallOptions,
): Promise<MemoryRecord[]> => {
  const records: MemoryRecord[] = [];
  const read = async (hashes: readonly string[], limit?: number): Promise<void> => {
    const [rows = []] = await sql.read([selectByHash(hashes, limit)], options);
    // Not all rows say how long their content is.
    const isCut = ({ memory, objectKey }: MemoryRecord): boolean =>
      limit !== undefined && objectKey === undefined && memory.content.length >= limit;
    const found = rows.map(toRecord);
    records.push(...found.filter((record) => !isCut(record)));
    const cut = found.filter(isCut).map(({ memory }) => memory.contentHash);
    for (const group of groupsOf(cut, WHOLE_TOGETHER)) await read(group);
  };
  for (const group of groupsOf(contentHashes, ASKED_TOGETHER))
    await read(group, group.length <= WHOLE_TOGETHER ? undefined : shareOf(group.length, sql));
  return records;
};
