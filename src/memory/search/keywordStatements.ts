import { type Condition, isOpen, selectIds } from '../filters.ts';
import type { MemoryFilter } from '../memory.ts';
import type { SqlStatement } from '../ports.ts';
import { knownText } from '../records.ts';
import { quoteForFts, type QueryTerms } from './queryTerms.ts';

/** What a keyword search needs to know of the question. */
export interface KeywordQuery {
  readonly text: string;
  readonly terms: QueryTerms;
  readonly filter: MemoryFilter;
  readonly condition: Condition;
  /** How many candidates of each list. */
  readonly candidates: number;
  /** How many hits the caller wants: with fewer, parts of words are looked for too. */
  readonly wanted: number;
}

/** The index of trigrams finds the beginning of a longer text; the rest is compared. Characters. */
const LONGEST_PHRASE = 200;

/** Which rows of a full-text table may be answered. */
const allowed = ({ filter, condition }: KeywordQuery): Condition =>
  // Without a filter it is cheaper to leave out the few deleted memories than to list all live ones.
  isOpen(filter)
    ? { sql: '+rowid NOT IN (SELECT id FROM memories WHERE deleted_at IS NOT NULL)', params: [] }
    : { sql: `+rowid IN (${selectIds(condition).sql})`, params: condition.params };

/** The best matches of a full-text table. Like every statement here it answers content hashes as `hash`, best first. */
export const matching = (
  table: 'em_words' | 'em_trigrams',
  match: string,
  query: KeywordQuery,
): SqlStatement => {
  const { sql, params } = allowed(query);
  return {
    sql: `SELECT m.content_hash AS hash FROM (SELECT rowid, rank FROM ${table} WHERE ${table} MATCH ? AND ${sql}
      ORDER BY rank LIMIT ?) k JOIN memories m ON m.id = k.rowid ORDER BY k.rank, m.created_at DESC`,
    params: [match, ...params, query.candidates],
  };
};

/** The same of the trigrams, but only where the words alone match too few. */
export const matchingIfFew = (
  match: string,
  words: string | undefined,
  query: KeywordQuery,
): SqlStatement => {
  if (words === undefined) return matching('em_trigrams', match, query);
  const { sql, params } = allowed(query);
  return {
    // CROSS JOIN: where the first table is empty, the second is never searched.
    sql: `SELECT m.content_hash AS hash FROM (SELECT f.rowid AS id, f.rank AS place
        FROM (SELECT 1 WHERE (SELECT count(*) FROM (SELECT 1 FROM em_words WHERE em_words MATCH ? AND ${sql} LIMIT ?)) < ?) few
        CROSS JOIN em_trigrams f WHERE em_trigrams MATCH ? AND ${sql.replace('+rowid', '+f.rowid')} ORDER BY f.rank LIMIT ?) k
      JOIN memories m ON m.id = k.id ORDER BY k.place, m.created_at DESC`,
    params: [words, ...params, query.wanted, query.wanted, match, ...params, query.candidates],
  };
};

/** Terms too short for any index, by reading the text: as many of them as possible, then the newest. */
export const containing = (
  terms: readonly string[],
  { condition, candidates }: KeywordQuery,
): SqlStatement => ({
  sql: `SELECT hash FROM (SELECT m.content_hash AS hash, m.created_at, ${terms.map(() => `(instr(${knownText}, ?) > 0)`).join(' + ')} AS found
    FROM memories m WHERE ${condition.sql}) WHERE found > 0 ORDER BY found DESC, created_at DESC LIMIT ?`,
  params: [...terms, ...condition.params, candidates],
});

/** A word of the query may be the name of a tag. */
export const taggedWith = (
  words: readonly string[],
  { condition, candidates }: KeywordQuery,
): SqlStatement => ({
  sql: `SELECT m.content_hash AS hash FROM memories m JOIN (SELECT mt.memory_id AS id, count(*) AS found FROM tags t
      JOIN memory_tags mt ON mt.tag_id = t.id WHERE t.name IN (SELECT value FROM json_each(?)) GROUP BY mt.memory_id) k ON k.id = m.id
    WHERE ${condition.sql} ORDER BY k.found DESC, m.created_at DESC LIMIT ?`,
  params: [JSON.stringify(words), ...condition.params, candidates],
});

/** Memories that contain the text, newest first; upper and lower case are alike. */
export const containingExactly = (query: KeywordQuery, fullText: boolean): SqlStatement => {
  const { text, condition, candidates } = query;
  const characters = Array.from(text);
  // SQLite's lower() knows ASCII only.
  const contains = `(instr(${knownText}, ?) > 0 OR instr(lower(${knownText}), ?) > 0 OR instr(${knownText}, ?) > 0)`;
  const forms = [text, text.toLowerCase(), text.toUpperCase()];
  if (!fullText || characters.length < 3)
    return {
      sql: `SELECT m.content_hash AS hash FROM memories m WHERE ${condition.sql}
        AND ${contains} ORDER BY m.created_at DESC LIMIT ?`,
      params: [...condition.params, ...forms, candidates],
    };
  const { sql, params } = allowed(query);
  if (characters.length > LONGEST_PHRASE)
    return {
      sql: `SELECT m.content_hash AS hash FROM em_trigrams f JOIN memories m ON m.id = f.rowid
        WHERE em_trigrams MATCH ? AND ${sql.replace('+rowid', '+f.rowid')} AND ${contains} ORDER BY m.created_at DESC LIMIT ?`,
      params: [quoteForFts(characters.slice(0, LONGEST_PHRASE).join('')), ...params, ...forms, candidates],
    };
  return {
    sql: `SELECT m.content_hash AS hash FROM (SELECT rowid FROM em_trigrams WHERE em_trigrams MATCH ? AND ${sql}
      ORDER BY rowid DESC LIMIT ?) k JOIN memories m ON m.id = k.rowid ORDER BY m.created_at DESC`,
    params: [quoteForFts(text), ...params, candidates],
  };
};
