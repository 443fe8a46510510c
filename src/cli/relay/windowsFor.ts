import type { WindowRecord } from '../../local/windowRecords.ts';

/**
 * The windows that an agent's process which works in `folders` may be served by, the best first: those of exactly these
 * folders, then those that share one, then the others.
 */
export const windowsFor = (
  folders: readonly string[],
  windows: readonly WindowRecord[],
): readonly WindowRecord[] => {
  const farness = ({ folders: theirs }: WindowRecord): number => {
    const common = folders.filter((folder) => theirs.includes(folder)).length;
    if (common === folders.length && common === theirs.length) return 0;
    return common > 0 ? 1 : 2;
  };
  return windows.toSorted((a, b) => farness(a) - farness(b));
};
