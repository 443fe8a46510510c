import { MemoryError } from '../memory/errors.ts';
import { groupsOf } from '../memory/groups.ts';
import type { CallOptions, SqlStatement } from '../memory/ports.ts';
import type { CloudflareClient } from './client.ts';
import { readColumns } from './cloudSchema.ts';
import { D1Database } from './d1.ts';
import { listD1Databases } from './d1Databases.ts';
import { CloudflareApiError } from './errors.ts';
import { inParallel } from './inParallel.ts';

/** An account of more databases is not asked: a request or two each. */
const MOST = 100;
const PARALLEL = 4;
/** Of at most some 90 bytes each, well within the 2,000,000 that D1 takes a value. */
const NAMES_AT_ONCE = 10_000;

export interface OwnDatabase {
  readonly client: CloudflareClient;
  readonly account: string;
  /** Its id. */
  readonly database: string;
}

/**
 * Which of these ids of vectors, hashes and keys of objects belong to memories of other databases of the account: an
 * index or a bucket may serve several. Undefined where that can't be known: there are too many, or the token may not
 * list them.
 */
export const namesHeldElsewhere = async (
  { client, account, database }: OwnDatabase,
  names: readonly string[],
  options?: CallOptions,
): Promise<ReadonlySet<string> | undefined> => {
  const others = await othersOf({ client, account, database }, options);
  if (others === undefined || others.length > MOST) return undefined;
  const held = await inParallel(others, PARALLEL, (other) =>
    heldIn(new D1Database({ client, account, database: other.id, name: other.name }), names, options),
  );
  return new Set(held.flat());
};

const othersOf = async ({ client, account, database }: OwnDatabase, options?: CallOptions) => {
  try {
    return (await listD1Databases(client, account, options)).filter(({ id }) => id !== database);
  } catch (error) {
    if (MemoryError.is(error, 'forbidden')) return undefined;
    throw error;
  }
};

/** Deleted memories count too: what they left behind is for their own database to remove. */
const heldIn = async (
  sql: D1Database,
  names: readonly string[],
  options?: CallOptions,
): Promise<string[]> => {
  try {
    const [rows = []] = await sql.read([readColumns], options);
    const present = new Set(rows.map((row) => row['name']));
    const columns = ['content_hash', 'vector_id', 'r2_key'].filter((column) => present.has(column));
    // Not the tables of mcp-memory-service.
    if (!present.has('content_hash') || !present.has('vector_id')) return [];
    const condition = columns.map((column) => `value IN (SELECT ${column} FROM memories)`).join(' OR ');
    const statements = groupsOf(names, NAMES_AT_ONCE).map((group): SqlStatement => ({
      sql: `SELECT value AS name FROM json_each(?) WHERE ${condition}`,
      params: [JSON.stringify(group)],
    }));
    const held: string[] = [];
    for (const statement of statements) {
      const [found = []] = await sql.read([statement], options);
      held.push(...found.map((row) => String(row['name'])));
    }
    return held;
  } catch (error) {
    // Removed since it was listed.
    if (CloudflareApiError.of(error)?.status === 404) return [];
    throw error;
  }
};
