import type { CodeState } from '../memory/codeDrift.ts';
import { codeStatesIn, isFromCode } from '../memory/codeStates.ts';
import { MemoryError } from '../memory/errors.ts';
import type { Memory } from '../memory/memory.ts';
import { pathIn } from '../memory/repositories.ts';
import { currentProject } from './currentProject.ts';
import { repositoryFolderOf } from './gitProject.ts';

export type CodeStates = ReadonlyMap<string, CodeState>;

/** What has become of the code that memories were made from, by their hashes, in the checkout of the current folder. */
export const codeStatesHere = async (memories: readonly Memory[]): Promise<CodeStates> => {
  if (!memories.some(isFromCode)) return new Map();
  const root = repositoryFolderOf(process.cwd());
  const { project, repository } = currentProject(process.cwd());
  if (root === undefined || project === undefined) return new Map();
  const { WorkspaceFiles } = await import('../mcp/workspaceFiles.ts');
  const files = new WorkspaceFiles(root);
  return codeStatesIn(
    {
      fileOf: (memory) => Promise.resolve(pathIn(memory, { name: project, repository })),
      textOf: (file) =>
        files.read(file).then(
          ({ text }) => text,
          (error: unknown) => {
            if (MemoryError.is(error, 'not-found')) return undefined;
            throw error;
          },
        ),
    },
    memories,
  );
};

/** Undefined where the code is as it was, or nothing is known of it. */
export const codeStateText = (state: CodeState | undefined): string | undefined => {
  switch (state?.kind) {
    case 'changed':
      return 'the code has changed since';
    case 'missing':
      return 'its file is gone';
    case 'moved':
    case 'same':
    case undefined:
      return undefined;
  }
};
