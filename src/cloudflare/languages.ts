import type { CallOptions, EmbeddingModel, SqlDatabase } from '../memory/ports.ts';
import { knownText } from '../memory/records.ts';
import { isServiceUsed } from './rebuildIndex.ts';

/** The latest memories tell what somebody writes; and so much of each. */
const LOOKED_AT = 200;
const BEGINNING = 1000;
/** Fewer say nothing about a person's languages. */
const ENOUGH = 10;
/** From this part on, another model is worth its work. */
const MANY = 0.2;

/**
 * Whether a fifth of the latest memories are in languages that the model does not know, and the model could be another
 * one: mcp-memory-service has its own. One request, or two.
 */
export const needsOtherLanguages = async (
  sql: SqlDatabase,
  model: EmbeddingModel,
  options?: CallOptions,
): Promise<boolean> => {
  const [rows = []] = await sql.read(
    [
      {
        sql: `SELECT substr(${knownText}, 1, CAST(? AS INTEGER)) AS text FROM memories m
          WHERE +m.deleted_at IS NULL ORDER BY m.created_at DESC LIMIT ?`,
        params: [BEGINNING, LOOKED_AT],
      },
    ],
    options,
  );
  if (rows.length < ENOUGH) return false;
  const foreign = rows.filter(({ text }) => !model.understands(String(text))).length;
  return foreign >= MANY * rows.length && !(await isServiceUsed(sql, options));
};
