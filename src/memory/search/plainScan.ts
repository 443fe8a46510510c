import type { Condition } from '../filters.ts';
import type { CallOptions, SqlDatabase } from '../ports.ts';
import type { KeywordQuery } from './keywordStatements.ts';
import { knownText } from '../records.ts';
import { wordsWithPlaces } from './queryTerms.ts';

const PAGE = 500;

/**
 * Whole words by reading every text: for builds of SQLite without FTS5. Ranked by how many of the words a memory has,
 * rarer ones counting more. Content hashes, best first.
 */
export const scanForWords = async (
  sql: SqlDatabase,
  { terms, condition, candidates }: KeywordQuery,
  options?: CallOptions,
): Promise<string[]> => {
  const wanted = new Set(terms.words);
  if (wanted.size === 0) return [];
  const found: { hash: string; words: readonly string[] }[] = [];
  const frequency = new Map<string, number>();
  const narrowed = sql.features.remote ? containingAny([...wanted]) : { sql: 'true', params: [] };
  for (let last = 0; ;) {
    options?.signal?.throwIfAborted();
    const [rows = []] = await sql.read(
      [
        {
          sql: `SELECT m.id, m.content_hash AS hash, ${knownText} AS content FROM memories m
            WHERE m.id > ? AND ${condition.sql} AND ${narrowed.sql} ORDER BY m.id LIMIT ?`,
          params: [last, ...condition.params, ...narrowed.params, PAGE],
        },
      ],
      options,
    );
    for (const row of rows) {
      const words = new Set<string>();
      for (const [word] of wordsWithPlaces(String(row['content']))) {
        const lower = word.toLowerCase();
        if (wanted.has(lower)) words.add(lower);
      }
      if (words.size > 0) found.push({ hash: String(row['hash']), words: [...words] });
      for (const word of words) frequency.set(word, (frequency.get(word) ?? 0) + 1);
    }
    if (rows.length < PAGE) break;
    last = Number(rows.at(-1)?.['id']);
  }
  const score = (words: readonly string[]) =>
    words.reduce((sum, word) => sum + Math.log(1 + found.length / (frequency.get(word) ?? 1)), 0);
  return found
    .map(({ hash, words }) => ({ hash, score: score(words) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, candidates)
    .map(({ hash }) => hash);
};

/** Leaves out, over a network, texts that can not have any of the words. SQLite knows capitals of ASCII only. */
const containingAny = (words: readonly string[]): Condition =>
  words.every((word) => /^[ -~]+$/.test(word))
    ? {
        sql: `EXISTS (SELECT 1 FROM json_each(?) w WHERE instr(lower(${knownText}), w.value) > 0)`,
        params: [JSON.stringify(words)],
      }
    : { sql: 'true', params: [] };
