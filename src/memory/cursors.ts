import { MemoryError } from './errors.ts';

export const DEFAULT_PAGE = 50;

export const unusableCursor = (cursor: string): MemoryError =>
  new MemoryError(
    'invalid-input',
    `“${cursor.slice(0, 40)}” is no place in a list.`,
    'Start again from the first page.',
  );

/** A place in a list of names with their counts. */
export const nameCursor = ({ name, count }: { readonly name: string; readonly count: number }): string =>
  `${count}_${name}`;

export const parseNameCursor = (cursor: string): readonly [count: number, name: string] => {
  const match = /^(\d+)_([^]*)$/.exec(cursor);
  if (!match) throw unusableCursor(cursor);
  return [Number(match[1]), match[2] ?? ''];
};
