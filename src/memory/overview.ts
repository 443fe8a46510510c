import { facetStatement, toFacets } from './facets.ts';
import { statsFrom, statsStatements } from './listing.ts';
import type {
  ClientCount,
  DayCount,
  MemoryOverview,
  MemoryStats,
  OverviewQuery,
  SizeCount,
} from './memory.ts';
import type { SqlRow, SqlStatement } from './ports.ts';

const DAY = 86_400;
/** How many tags, types and projects are named. */
const NAMES = 20;
/** Bytes at which one class of sizes ends and the next begins. */
const SIZES = [100, 300, 1000, 3000, 10_000, 100_000] as const;

/** Day numbers since the epoch, shifted by the seconds that are bound to `?`. */
const day = 'CAST((created_at + ?) / 86400 AS INTEGER)';

/**
 * All rows by the index on their time, less the few deleted ones: the rows themselves, with their content, are not
 * read. The clients of deleted memories are taken off in the same way.
 */
const daysStatement = (utcOffset: number): SqlStatement => ({
  sql: `SELECT day, sum(n) AS n FROM (
      SELECT ${day} AS day, count(*) AS n FROM memories GROUP BY day
      UNION ALL SELECT ${day} AS day, -count(*) AS n FROM memories WHERE deleted_at IS NOT NULL GROUP BY day)
    GROUP BY day HAVING sum(n) > 0 ORDER BY day`,
  params: [utcOffset, utcOffset],
});

const client = `CASE WHEN json_valid(i.source_json) THEN json_extract(i.source_json, '$.client') END`;
const deletedClients = `FROM memories m CROSS JOIN em_info i ON i.content_hash = m.content_hash WHERE m.deleted_at IS NOT NULL`;
const knownClients = `FROM em_info i WHERE i.source_json IS NOT NULL`;

const clientsStatement: SqlStatement = {
  sql: `SELECT client, sum(n) AS n FROM (
      SELECT ${client} AS client, count(*) AS n ${knownClients} GROUP BY client
      UNION ALL SELECT ${client} AS client, -count(*) AS n ${deletedClients} GROUP BY client)
    WHERE client IS NOT NULL GROUP BY client HAVING sum(n) > 0 ORDER BY n DESC, client LIMIT ${NAMES}`,
};

const recentClientsStatement = (since: number): SqlStatement => ({
  sql: `SELECT ${client} AS client, count(*) AS n FROM memories m CROSS JOIN em_info i ON i.content_hash = m.content_hash
    WHERE m.created_at >= ? AND +m.deleted_at IS NULL GROUP BY client`,
  params: [since],
});

const sizesStatement: SqlStatement = {
  sql: `SELECT sum(content_size) AS bytes, ${SIZES.map((size, i) => `sum(content_size < ${size}) AS s${i}`).join(', ')},
    count(*) AS n FROM memories m WHERE +m.deleted_at IS NULL`,
};

/** One batch; only the sizes read every row. */
export const overviewStatements = ({ utcOffset = 0, recentSince }: OverviewQuery): SqlStatement[] => [
  statsStatements.counts,
  sizesStatement,
  statsStatements.names,
  daysStatement(utcOffset),
  clientsStatement,
  // Without a time nothing is recent.
  recentClientsStatement(recentSince ?? Number.MAX_SAFE_INTEGER),
  ...(['tags', 'types', 'projects'] as const).map((kind) => facetStatement(kind, { limit: NAMES })),
];

/** `rest`: what the database of the records does not know. */
export const overviewFrom = (
  answers: readonly SqlRow[][],
  { utcOffset = 0 }: OverviewQuery,
  rest: Pick<MemoryStats, 'storageBytes' | 'mode'> & { readonly space: string; readonly embedded: number },
): MemoryOverview => {
  const [counts = [], sizes = [], names = [], days = [], clients = [], recent = [], ...facets] = answers;
  const [tags = [], types = [], projects = []] = facets.map((rows) => toFacets(rows.slice(0, NAMES)));
  const lately = new Map(recent.map((row) => [row['client'], Number(row['n'])]));
  return {
    stats: statsFrom([counts, sizes, names], rest),
    days: days.map((row): DayCount => ({
      from: Number(row['day']) * DAY - utcOffset,
      count: Number(row['n']),
    })),
    sizes: sizesOf(sizes[0]),
    clients: clients.map((row): ClientCount => ({
      client: String(row['client']),
      count: Number(row['n']),
      recent: lately.get(row['client'] ?? null) ?? 0,
    })),
    tags,
    types,
    projects,
  };
};

/** The row holds how many are smaller than each size; a class is what one step adds. */
const sizesOf = (row: SqlRow | undefined): SizeCount[] => {
  const below = [...SIZES.map((_, i) => Number(row?.[`s${i}`] ?? 0)), Number(row?.['n'] ?? 0)];
  return below.map((count, i) => ({ below: SIZES[i], count: count - (below[i - 1] ?? 0) }));
};
