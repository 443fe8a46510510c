import type { VerifyProblem, VerifyReport } from './memory.ts';
import type { CallOptions, SqlDatabase, SqlRow, SqlStatement } from './ports.ts';
import { knownText } from './records.ts';
import { FILL_RANGE, FILL_TO_KEY, FILLED_KEY, metaNumber } from './schema.ts';
import { adoptTagsText, alignTagsText, dropUnusedTags } from './storing.ts';

/** One way in which what is derived from the records can disagree with them; each reads all rows once. */
export interface Check {
  readonly kind: VerifyProblem['kind'];
  /** A SELECT of a `name` for each problem: the hash of a memory, or a tag. */
  readonly select: string;
  /** Of memories: whether one with this text, or so much of it as the record knows, is a problem at all. */
  readonly concerns?: ((text: string) => boolean) | undefined;
  /** Mends it; absent where SQL alone can't. */
  readonly repair?: readonly SqlStatement[] | undefined;
  /** The same where one transaction would take too long. */
  readonly repairInSteps?: ((sql: SqlDatabase, options?: CallOptions) => Promise<void>) | undefined;
}

/** How many of each problem are named. */
const EXAMPLES = 5;
/** Texts that are looked at together, and how many characters of each. */
const PAGE = 1000;
const BEGINNING = 4000;

const joinedTags = `coalesce((SELECT group_concat(name, ',') FROM (SELECT t.name FROM memory_tags mt
  JOIN tags t ON t.id = mt.tag_id WHERE mt.memory_id = m.id ORDER BY mt.rowid)), '')`;

const checks: readonly Check[] = [
  {
    kind: 'wrong-tags-text',
    select: `SELECT m.content_hash AS name FROM memories m WHERE +m.deleted_at IS NULL AND coalesce(m.tags, '') <> ${joinedTags}`,
    repair: [...adoptTagsText, alignTagsText()],
  },
  {
    kind: 'orphan-tag',
    select: `SELECT t.name FROM tags t WHERE NOT EXISTS (SELECT 1 FROM memory_tags mt WHERE mt.tag_id = t.id)`,
    repair: [dropUnusedTags],
  },
];

/** But for those that were there before our triggers, and are still being indexed. */
const mayLackFullText = `NOT (m.id > ${metaNumber(FILLED_KEY)} AND m.id <= ${metaNumber(FILL_TO_KEY)})`;
const lacksFullText = `(m.id NOT IN (SELECT rowid FROM em_words) OR m.id NOT IN (SELECT rowid FROM em_trigrams))
  AND ${mayLackFullText}`;

/** A range of ids each transaction, from the first memory without full text to the last one. */
const indexMissing = async (sql: SqlDatabase, options?: CallOptions): Promise<void> => {
  const [[range] = []] = await sql.read(
    [{ sql: `SELECT min(m.id) AS first, max(m.id) AS last FROM memories m WHERE ${lacksFullText}` }],
    options,
  );
  const last = Number(range?.['last'] ?? 0);
  for (let begin = Number(range?.['first'] ?? 1) - 1; begin < last; begin += FILL_RANGE) {
    const within = [begin, Math.min(last, begin + FILL_RANGE)];
    await sql.write(
      ['em_words', 'em_trigrams'].map((table) => ({
        sql: `INSERT INTO ${table} (rowid, body) SELECT m.id, ${knownText} FROM memories m
          WHERE m.id > CAST(? AS INTEGER) AND m.id <= CAST(? AS INTEGER) AND ${mayLackFullText} AND m.id NOT IN
            (SELECT rowid FROM ${table} WHERE rowid > CAST(? AS INTEGER) AND rowid <= CAST(? AS INTEGER))`,
        params: [...within, ...within],
      })),
      options,
    );
  }
};

const fullTextCheck: Check = {
  kind: 'missing-full-text',
  select: `SELECT m.content_hash AS name FROM memories m WHERE +m.deleted_at IS NULL AND ${lacksFullText}`,
  repairInSteps: indexMissing,
};

/** `more`: checks that only a store's own ports can make. */
const allChecks = (sql: SqlDatabase, more: readonly Check[]): Check[] => [
  ...checks,
  ...(sql.features.fullText ? [fullTextCheck] : []),
  ...more,
];

const countAndExamples = ({ select }: Check): SqlStatement => ({
  sql: `SELECT (SELECT count(*) FROM (${select})) AS n, name FROM (${select}) LIMIT ?`,
  params: [EXAMPLES],
});

const namesOf = (rows: readonly SqlRow[]): string[] => rows.map((row) => String(row['name']));

/** The problems of a check that depends on the texts. */
const concerned = async (
  sql: SqlDatabase,
  { select }: Check,
  concerns: (text: string) => boolean,
  options?: CallOptions,
): Promise<string[]> => {
  const found: string[] = [];
  for (let last = ''; ;) {
    const [rows = []] = await sql.read(
      [
        {
          sql: `SELECT m.content_hash AS name, substr(${knownText}, 1, ?) AS text FROM memories m
            WHERE m.content_hash IN (${select}) AND m.content_hash > ? ORDER BY m.content_hash LIMIT ?`,
          params: [BEGINNING, last, PAGE],
        },
      ],
      options,
    );
    found.push(...namesOf(rows.filter((row) => concerns(String(row['text'])))));
    if (rows.length < PAGE) return found;
    last = String(rows.at(-1)?.['name']);
  }
};

/** Compares the records with what is derived from them. */
export const verifyRecords = async (
  sql: SqlDatabase,
  more: readonly Check[],
  options?: CallOptions,
): Promise<VerifyReport> => {
  const all = allChecks(sql, more);
  const [total, ...answers] = await sql.read(
    [{ sql: 'SELECT count(*) AS n FROM memories' }, ...all.map(countAndExamples)],
    options,
  );
  const problems: VerifyProblem[] = [];
  for (const [i, check] of all.entries()) {
    const rows = answers[i] ?? [];
    if (rows.length === 0) continue;
    const names = check.concerns ? await concerned(sql, check, check.concerns, options) : namesOf(rows);
    const count = check.concerns ? names.length : Number(rows[0]?.['n']);
    if (count > 0) problems.push({ kind: check.kind, count, examples: names.slice(0, EXAMPLES) });
  }
  return { checked: Number(total?.[0]?.['n'] ?? 0), problems };
};

/** Mends what SQL alone can mend; what needs a vector is put in line for it. */
export const repairRecords = async (
  sql: SqlDatabase,
  more: readonly Check[],
  { problems }: VerifyReport,
  options?: CallOptions,
): Promise<void> => {
  const kinds = new Set(problems.map(({ kind }) => kind));
  const found = allChecks(sql, more).filter(({ kind }) => kinds.has(kind));
  const statements = found.flatMap(({ repair = [] }) => repair);
  if (statements.length > 0) await sql.write(statements, options);
  for (const { repairInSteps } of found) await repairInSteps?.(sql, options);
};
