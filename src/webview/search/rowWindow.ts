/** Which rows of a long list are drawn: all of one height, so that the scroll bar never lies and nothing jumps. */

export interface Viewport {
  readonly count: number;
  /** Pixels. */
  readonly rowHeight: number;
  readonly scrollTop: number;
  readonly height: number;
}

/** Rows beyond each edge, so that a fast scroll shows no blank. */
const OVERSCAN = 8;

/** The first row to draw and the one after the last. */
export function rowWindow({ count, rowHeight, scrollTop, height }: Viewport): readonly [number, number] {
  if (rowHeight <= 0) return [0, Math.min(count, 2 * OVERSCAN)];
  const first = Math.floor(scrollTop / rowHeight) - OVERSCAN;
  const last = Math.ceil((scrollTop + height) / rowHeight) + OVERSCAN;
  return [Math.max(0, Math.min(first, count)), Math.max(0, Math.min(last, count))];
}

/** Where to scroll so that the row is in sight whole; as far as needed and no farther. */
export function scrollToShow(
  index: number,
  { rowHeight, scrollTop, height }: Omit<Viewport, 'count'>,
): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return top + rowHeight > scrollTop + height ? top + rowHeight - height : scrollTop;
}

/** Where to scroll so that the row at the top edge stays where it is, though rows before it came or went. */
export function keepPlace(
  before: readonly string[],
  after: readonly string[],
  { rowHeight, scrollTop }: Pick<Viewport, 'rowHeight' | 'scrollTop'>,
): number {
  if (scrollTop === 0 || rowHeight <= 0) return scrollTop;
  const first = Math.floor(scrollTop / rowHeight);
  const places = new Map(after.map((hash, index) => [hash, index]));
  // The row at the edge may be gone: then the next one that is left holds the place.
  for (let index = first; index < before.length; index++) {
    const place = places.get(before[index] ?? '');
    if (place !== undefined) return Math.max(0, scrollTop + (place - index) * rowHeight);
  }
  return scrollTop;
}
