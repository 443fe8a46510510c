import { linesNow } from '../memory/codeDrift.ts';
import { isFromCode } from '../memory/codeStates.ts';
import { MemoryError } from '../memory/errors.ts';
import type { Memory, MemorySource } from '../memory/memory.ts';
import type { FileReader } from './fileReader.ts';

export type CodeNow = Pick<MemorySource, 'lines' | 'linesHash' | 'commit'>;

/**
 * The lines that a memory was made from as they are now, to be compared with from now on; those of a file that is gone
 * are none. Rejects with a `MemoryError` where that can't be told from here.
 */
export const codeNow = async (memory: Memory, files: FileReader | undefined): Promise<CodeNow> => {
  const { source } = memory;
  if (source === undefined || !isFromCode(memory))
    throw new MemoryError(
      'invalid-input',
      'Nothing was changed: this memory was not made from code.',
      'Leave out updates.still_true.',
    );
  const file = await files?.fileOf(memory);
  if (files === undefined || file === undefined)
    throw new MemoryError(
      'not-found',
      `Nothing was changed: ${source.path ?? 'its file'} belongs to a project that is not open here.`,
      'Leave out updates.still_true, or tell the person to open that project.',
    );
  const text = await files.textOf(file);
  const gone = { lines: undefined, linesHash: undefined };
  return {
    ...(text === undefined ? gone : (linesNow(source, text) ?? gone)),
    commit: await files.commitOf(memory),
  };
};
