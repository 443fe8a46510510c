import { MemoryError } from './errors.ts';
import type { LineageStep, MemoryLink, NewLink } from './memory.ts';
import type { CallOptions, SqlDatabase, SqlRow } from './ports.ts';
import { jsonObject } from './records.ts';
import { metadataJson } from './text.ts';

const linkColumns = 'source_hash, target_hash, similarity, metadata, created_at, relationship_type';

const toLink = (row: SqlRow): MemoryLink => ({
  source: String(row['source_hash']),
  target: String(row['target_hash']),
  relation: String(row['relationship_type'] ?? 'related'),
  similarity: Number(row['similarity']),
  metadata: jsonObject(row['metadata']),
  createdAt: Number(row['created_at']),
});

/** One edge per pair and direction, as in mcp-memory-service's memory_graph: linking again replaces it. */
export const linkMemories = async (
  sql: SqlDatabase,
  link: NewLink,
  now: number,
  options?: CallOptions,
): Promise<MemoryLink> => {
  if (link.source === link.target)
    throw new MemoryError('invalid-input', 'A memory cannot be linked to itself.', 'Name two memories.');
  const relation = link.relation ?? 'related';
  const ends = 'SELECT content_hash FROM memories WHERE deleted_at IS NULL AND content_hash IN (?, ?)';
  const [found, , rows] = await sql.write(
    [
      { sql: ends, params: [link.source, link.target] },
      {
        sql: `INSERT INTO memory_graph (source_hash, target_hash, similarity, connection_types, metadata, created_at, relationship_type)
          SELECT ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM (${ends})) = 2
          ON CONFLICT (source_hash, target_hash) DO UPDATE SET similarity = excluded.similarity, metadata = excluded.metadata,
            connection_types = excluded.connection_types, relationship_type = excluded.relationship_type`,
        params: [
          link.source,
          link.target,
          link.similarity ?? 1,
          JSON.stringify([relation]),
          metadataJson(link.metadata ?? {}),
          now,
          relation,
          link.source,
          link.target,
        ],
      },
      {
        sql: `SELECT ${linkColumns} FROM memory_graph WHERE source_hash = ? AND target_hash = ?`,
        params: [link.source, link.target],
      },
    ],
    options,
  );
  const present = new Set((found ?? []).map((row) => row['content_hash']));
  const missing = [link.source, link.target].find((hash) => !present.has(hash));
  if (missing !== undefined || rows?.[0] === undefined)
    throw new MemoryError(
      'not-found',
      `There is no memory ${missing ?? ''} to link.`,
      'Search for it again: it may have been edited or deleted.',
    );
  return toLink(rows[0]);
};

/** Adds those edges between live memories that are not there yet. */
export const addLinks = async (
  sql: SqlDatabase,
  links: readonly NewLink[],
  now: number,
  options?: CallOptions,
): Promise<void> => {
  const edges = links.map(({ source, target, relation = 'related', similarity = 1, metadata = {} }) => ({
    source,
    target,
    relation,
    similarity,
    types: JSON.stringify([relation]),
    metadata: metadataJson(metadata),
  }));
  const live = (end: 'source' | 'target') =>
    `EXISTS (SELECT 1 FROM memories WHERE content_hash = value->>'${end}' AND deleted_at IS NULL)`;
  await sql.write(
    [
      {
        sql: `INSERT INTO memory_graph (source_hash, target_hash, similarity, connection_types, metadata, created_at, relationship_type)
          SELECT value->>'source', value->>'target', value->>'similarity', value->>'types', value->>'metadata', ?, value->>'relation'
          FROM json_each(?) WHERE ${live('source')} AND ${live('target')} AND value->>'source' <> value->>'target'
          ON CONFLICT (source_hash, target_hash) DO NOTHING`,
        params: [now, JSON.stringify(edges)],
      },
    ],
    options,
  );
};

export const unlinkMemories = async (
  sql: SqlDatabase,
  source: string,
  target: string,
  options?: CallOptions,
): Promise<boolean> => {
  const params = [source, target];
  const where = 'WHERE source_hash = ? AND target_hash = ?';
  const [before] = await sql.write(
    [
      { sql: `SELECT 1 FROM memory_graph ${where}`, params },
      { sql: `DELETE FROM memory_graph ${where}`, params },
    ],
    options,
  );
  return (before?.length ?? 0) > 0;
};

export const linksAround = async (
  sql: SqlDatabase,
  hash: string,
  hops: number,
  options?: CallOptions,
): Promise<MemoryLink[]> => {
  const [rows = []] = await sql.read(
    [
      {
        // One step for each direction: one for both would read the whole graph for every memory.
        sql: `WITH RECURSIVE near (hash, hops) AS (
            SELECT ?, 0
            UNION SELECT g.target_hash, near.hops + 1 FROM near JOIN memory_graph g ON g.source_hash = near.hash
              WHERE near.hops < CAST(? AS INTEGER)
            UNION SELECT g.source_hash, near.hops + 1 FROM near JOIN memory_graph g ON g.target_hash = near.hash
              WHERE near.hops < CAST(? AS INTEGER))
          SELECT DISTINCT ${linkColumns} FROM memory_graph g
          WHERE g.source_hash IN (SELECT hash FROM near WHERE hops < CAST(? AS INTEGER))
            OR g.target_hash IN (SELECT hash FROM near WHERE hops < CAST(? AS INTEGER)) LIMIT 1000`,
        params: [hash, hops, hops, hops, hops],
      },
    ],
    options,
  );
  return rows.map(toLink);
};

/** Both directions from a content through what replaced what; UNION ends where an edit was taken back. */
export const lineageOf = async (
  sql: SqlDatabase,
  hash: string,
  options?: CallOptions,
): Promise<LineageStep[]> => {
  const [rows = []] = await sql.read(
    [
      {
        sql: `WITH RECURSIVE
            earlier (hash) AS (SELECT ? UNION SELECT l.content_hash FROM em_lineage l JOIN earlier ON l.replaced_by = earlier.hash),
            later (hash) AS (SELECT ? UNION SELECT l.replaced_by FROM em_lineage l JOIN later ON l.content_hash = later.hash)
          SELECT content_hash, replaced_by, reason, at FROM em_lineage
          WHERE replaced_by IN (SELECT hash FROM earlier) OR content_hash IN (SELECT hash FROM later) ORDER BY at, content_hash`,
        params: [hash, hash],
      },
    ],
    options,
  );
  return rows.map((row) => ({
    contentHash: String(row['content_hash']),
    replacedBy: String(row['replaced_by']),
    reason: row['reason'] === 'superseded' ? 'superseded' : 'edited',
    at: Number(row['at']),
  }));
};
