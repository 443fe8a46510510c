import { setImmediate } from 'node:timers/promises';
import { MemoryError } from '../memory/errors.ts';
import { beginningOf, utf8Length } from '../memory/text.ts';

export interface VectorRecord {
  /** At most 64 bytes. */
  readonly id: string;
  readonly values: Float32Array;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

const MAX_ID_BYTES = 64;
const MAX_METADATA_BYTES = 10 * 1024;
const MAX_VECTORS = 1000;
/** Far below Vectorize's 100 MB, so that one lost request costs little. */
const MAX_BYTES = 16 * 1024 * 1024;
/** `-0.12345678,` */
const BYTES_PER_VALUE = 12;
/** This many lines take about 5 ms. */
const LINES_AT_ONCE = 50;

/**
 * Eight decimals: of normalised values the error is that of a float itself, and JSON takes half the space of the
 * seventeen digits that a float has as a double.
 */
export const roundedValues = (values: Float32Array): number[] =>
  Array.from(values, (value) => {
    if (!Number.isFinite(value))
      throw new MemoryError(
        'embedding-failed',
        'A vector contains a value that is no number.',
        'Try again; if it stays so, choose another embedding model.',
      );
    return Math.round(value * 1e8) / 1e8;
  });

/** Cuts the records into requests. Throws a `MemoryError` for an id that Vectorize does not take. */
export const vectorGroups = (records: readonly VectorRecord[]): VectorRecord[][] => {
  const groups: VectorRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    checkId(record.id);
    const own =
      record.values.length * BYTES_PER_VALUE + utf8Length(JSON.stringify(record.metadata ?? {})) + 100;
    const group = groups.at(-1);
    if (group === undefined || group.length >= MAX_VECTORS || bytes + own > MAX_BYTES) {
      groups.push([record]);
      bytes = own;
    } else {
      group.push(record);
      bytes += own;
    }
  }
  return groups;
};

/** A line of JSON per record. Lets others run in between: a thousand vectors take 80 ms. */
export const ndjsonOf = async (records: readonly VectorRecord[]): Promise<string> => {
  const lines: string[] = [];
  for (const { id, values, metadata } of records) {
    if (lines.length % LINES_AT_ONCE === LINES_AT_ONCE - 1) await setImmediate();
    const fields = metadata && { metadata: fitting(metadata) };
    lines.push(`${JSON.stringify({ id, values: roundedValues(values), ...fields })}\n`);
  }
  return lines.join('');
};

/** With less of its longest string, the tags, where Vectorize would not take it: the record has them all. */
const fitting = (metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  let fits = metadata;
  while (utf8Length(JSON.stringify(fits)) > MAX_METADATA_BYTES) {
    const [[key, text] = ['', '']] = Object.entries(fits).sort(([, a], [, b]) => b.length - a.length);
    fits = { ...fits, [key]: beginningOf(text, Math.floor(text.length / 2)) };
  }
  return fits;
};

const checkId = (id: string): void => {
  if (id === '' || utf8Length(id) > MAX_ID_BYTES)
    throw new MemoryError(
      'invalid-input',
      `A vector’s id has ${utf8Length(id)} bytes; Vectorize takes 1 to ${MAX_ID_BYTES}.`,
      'Run Verify: a memory has a hash that is none.',
    );
};
