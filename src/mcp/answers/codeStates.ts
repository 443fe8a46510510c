import { codeStatesIn } from '../../memory/codeStates.ts';
import type { McpContext } from '../mcpContext.ts';
import type { Found } from './memoryEntry.ts';

/** What an agent does about a memory whose code has changed. */
const CODE_CHANGED =
  'Entries with code_changed were made from lines that have changed since, or whose file is gone: look there, then memory_update (updates.still_true where nothing else changes), or memory_delete what no longer holds.';

/**
 * Marks the memories that were made from lines of these projects which are nowhere in their file any more, or whose
 * file is gone. Nothing is said of files that can't be read.
 */
export const withCodeStates = async (
  found: readonly Found[],
  { files }: Pick<McpContext, 'files'>,
): Promise<readonly Found[]> => {
  if (files === undefined) return found;
  const states = await codeStatesIn(
    files,
    found.map(({ memory }) => memory),
  );
  return found.map((item) => {
    const kind = states.get(item.memory.contentHash)?.kind;
    return kind === 'changed' || kind === 'missing' ? { ...item, codeChanged: kind } : item;
  });
};

/** For the line about an answer: what to do about entries that are marked; nothing where none is. */
export const aboutCode = (found: readonly Found[]): object =>
  found.some(({ codeChanged }) => codeChanged) ? { code: CODE_CHANGED } : {};
