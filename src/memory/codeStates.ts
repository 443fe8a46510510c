import { type CodeState, codeStateOf } from './codeDrift.ts';
import type { Memory } from './memory.ts';

/** The files that memories came from, as they can be read from here. */
export interface CodeFiles {
  /** The file of a memory, by any name that {@link textOf} knows; undefined where it can't be looked at from here. */
  fileOf(memory: Memory): Promise<string | undefined>;
  /** Undefined where there is no such file any more; rejects where that can't be told. */
  textOf(file: string): Promise<string | undefined>;
}

/**
 * What has become of the code that memories were made from, by their hashes. Those without lines are left out, and
 * those whose file can't be looked at from here. Each file is read once.
 */
export async function codeStatesIn(
  files: CodeFiles,
  memories: readonly Memory[],
): Promise<ReadonlyMap<string, CodeState>> {
  const texts = new Map<string, Promise<string | undefined>>();
  const states = new Map<string, CodeState>();
  const look = async (memory: Memory): Promise<void> => {
    if (!isFromCode(memory)) return;
    const file = await files.fileOf(memory);
    if (file === undefined) return;
    const reading = texts.get(file) ?? files.textOf(file);
    texts.set(file, reading);
    const state = memory.source && codeStateOf(memory.source, await reading);
    if (state) states.set(memory.contentHash, state);
  };
  // What can't be read says nothing about the code.
  await Promise.all(memories.map((memory) => look(memory).catch(() => undefined)));
  return states;
}

/** Whether a memory knows the lines that it was made from. */
export const isFromCode = ({ source }: Memory): boolean => source?.linesHash !== undefined;
