import type { ResultRow } from '../../shared/searchProtocol.ts';

/**
 * Rows that somebody already reads stay where they are: what they say is renewed, what is new comes after them, and
 * what matches no more goes, and comes back to where it was (`gone`: the places by hash), as an undone deletion does.
 * Only rows that nobody has touched yet take the order of the new answer.
 */
export function refine(
  shown: readonly ResultRow[],
  answer: readonly ResultRow[],
  inUse: boolean,
  gone: ReadonlyMap<string, number> = new Map(),
): readonly ResultRow[] {
  if (!inUse) return answer;
  const renewed = new Map(answer.map((row) => [row.hash, row]));
  const kept = shown.flatMap(({ hash }) => renewed.get(hash) ?? []);
  const known = new Set(kept.map(({ hash }) => hash));
  const fresh = answer.filter(({ hash }) => !known.has(hash));
  const rows = [...kept, ...fresh.filter(({ hash }) => !gone.has(hash))];
  const back = fresh.filter(({ hash }) => gone.has(hash));
  for (const row of back.sort((a, b) => (gone.get(a.hash) ?? 0) - (gone.get(b.hash) ?? 0)))
    rows.splice(gone.get(row.hash) ?? 0, 0, row);
  return rows;
}

/** A text in parts, each marked or not. Marks outside the text, out of order or overlapping mark what they can. */
export function parts(text: string, marks: ResultRow['marks']): { text: string; marked: boolean }[] {
  const result: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    const from = Math.max(at, start);
    const to = Math.min(text.length, end);
    if (from >= to) continue;
    if (from > at) result.push({ text: text.slice(at, from), marked: false });
    result.push({ text: text.slice(from, to), marked: true });
    at = to;
  }
  if (at < text.length) result.push({ text: text.slice(at), marked: false });
  return result;
}
