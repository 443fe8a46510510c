/** Which rows are chosen, by the rules of VS Code's own lists. Rows are named by their hash. */

export interface Selection {
  /** The row that the keys act on. */
  readonly active: string | undefined;
  /** Where a range begins. */
  readonly anchor: string | undefined;
  readonly chosen: ReadonlySet<string>;
}

export const NO_SELECTION: Selection = { active: undefined, anchor: undefined, chosen: new Set() };

/** A plain click or an arrow key: this row alone. */
export const chooseOnly = (hash: string): Selection => ({
  active: hash,
  anchor: hash,
  chosen: new Set([hash]),
});

/** Ctrl+click or Space: this row too, or not any more. */
export function toggle(selection: Selection, hash: string): Selection {
  const chosen = new Set(selection.chosen);
  if (!chosen.delete(hash)) chosen.add(hash);
  return { active: hash, anchor: hash, chosen };
}

/** Shift+click or Shift+arrow: everything between the anchor and this row. */
export function extend(selection: Selection, hash: string, rows: readonly string[]): Selection {
  const anchor = selection.anchor ?? selection.active ?? hash;
  const [from, to] = [rows.indexOf(anchor), rows.indexOf(hash)];
  if (from < 0 || to < 0) return chooseOnly(hash);
  const range = rows.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { active: hash, anchor, chosen: new Set(range) };
}

export const chooseAll = (selection: Selection, rows: readonly string[]): Selection => ({
  active: selection.active ?? rows[0],
  anchor: selection.anchor ?? rows[0],
  chosen: new Set(rows),
});

/** Ctrl+arrow: moves without choosing. */
export const activate = (selection: Selection, hash: string): Selection => ({ ...selection, active: hash });

/** What is left of a selection once the rows are others; the active row gives way to its neighbour. */
export function prune(selection: Selection, before: readonly string[], after: readonly string[]): Selection {
  const left = new Set(after);
  const chosen = new Set([...selection.chosen].filter((hash) => left.has(hash)));
  const anchor = selection.anchor !== undefined && left.has(selection.anchor) ? selection.anchor : undefined;
  const { active } = selection;
  if (active === undefined || left.has(active)) return { active, anchor, chosen };
  const place = before.indexOf(active);
  const next =
    before.slice(place + 1).find((hash) => left.has(hash)) ??
    before.slice(0, Math.max(0, place)).findLast((hash) => left.has(hash));
  // After a deletion the keys go on at its neighbour.
  return { active: next, anchor: next, chosen: chosen.size === 0 && next ? new Set([next]) : chosen };
}

/** What an action on this row is for: all that is chosen where the row is among it, else the row alone. */
export const targetsOf = (selection: Selection, hash: string | undefined): readonly string[] => {
  if (hash === undefined) return [...selection.chosen];
  return selection.chosen.has(hash) ? [...selection.chosen] : [hash];
};
