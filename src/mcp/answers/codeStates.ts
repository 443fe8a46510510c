import { codeStatesIn } from '../../memory/codeStates.ts';
import type { Memory } from '../../memory/memory.ts';
import { normaliseProject } from '../../memory/projects.ts';
import { pathIn } from '../../memory/repositories.ts';
import type { McpContext } from '../mcpContext.ts';
import type { Found } from './memoryEntry.ts';

type Surroundings = Pick<McpContext, 'files' | 'project' | 'repository'>;

/** What an agent does about a memory whose code has changed. */
const CODE_CHANGED =
  'Entries with code_changed were made from lines that have changed since: read the file, then memory_update, or memory_delete what no longer holds.';

/**
 * Marks the memories that were made from lines of this workspace which are nowhere in their file any more. Nothing is
 * said of files that can't be read, as a workspace may be a part of its project only.
 */
export const withCodeStates = async (
  found: readonly Found[],
  { files, project, repository }: Surroundings,
): Promise<readonly Found[]> => {
  if (files === undefined || project === undefined) return found;
  const here = { name: normaliseProject(project), repository };
  const states = await codeStatesIn(
    {
      fileOf: (memory: Memory) => Promise.resolve(pathIn(memory, here)),
      textOf: async (file) => (await files.read(file)).text,
    },
    found.map(({ memory }) => memory),
  );
  return found.map((item) =>
    states.get(item.memory.contentHash)?.kind === 'changed' ? { ...item, codeChanged: true } : item,
  );
};

/** For the line about an answer: what to do about entries that are marked; nothing where none is. */
export const aboutCode = (found: readonly Found[]): object =>
  found.some(({ codeChanged }) => codeChanged) ? { code: CODE_CHANGED } : {};
