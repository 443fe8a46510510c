import { codeStateOf } from '../../memory/codeDrift.ts';
import type { Memory } from '../../memory/memory.ts';
import { normaliseProject, projectsOf } from '../../memory/projects.ts';
import type { McpContext } from '../mcpContext.ts';
import type { Found } from './memoryEntry.ts';

type Surroundings = Pick<McpContext, 'files' | 'project' | 'repository'>;

/** What an agent does about a memory whose code has changed. */
export const CODE_CHANGED =
  'Entries with code_changed were made from lines that have changed since: read the file, then memory_update, or memory_delete what no longer holds.';

/**
 * Marks the memories that were made from lines of this workspace which are nowhere in their file any more. Nothing is
 * said of files that can't be read. Each file is read once.
 */
export const withCodeStates = async (found: readonly Found[], around: Surroundings): Promise<Found[]> => {
  const texts = new Map<string, Promise<string | undefined>>();
  const textOf = (path: string): Promise<string | undefined> => {
    const text =
      texts.get(path) ??
      around.files?.read(path).then(
        (file) => file.text,
        () => undefined,
      ) ??
      Promise.resolve(undefined);
    texts.set(path, text);
    return text;
  };
  return Promise.all(
    found.map(async (item) => {
      const { source } = item.memory;
      if (source?.path === undefined || source.linesHash === undefined || !isFromHere(item.memory, around))
        return item;
      const text = await textOf(source.path);
      const changed = text !== undefined && codeStateOf(source, text)?.kind === 'changed';
      return changed ? { ...item, codeChanged: true } : item;
    }),
  );
};

const isFromHere = ({ source, tags }: Memory, { project, repository }: Surroundings): boolean =>
  (repository !== undefined && source?.repository === repository) ||
  (project !== undefined && projectsOf(tags).includes(normaliseProject(project)));
