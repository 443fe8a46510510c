import type { CodeState } from '../memory/codeDrift.ts';
import { codeStatesIn, isFromCode } from '../memory/codeStates.ts';
import type { Memory } from '../memory/memory.ts';
import { repositoryFolderOf } from './gitProject.ts';
import { readableFolder } from './readableFolder.ts';

export type CodeStates = ReadonlyMap<string, CodeState>;

/** What has become of the code that memories were made from, by their hashes, in the checkout of the current folder. */
export const codeStatesHere = async (memories: readonly Memory[]): Promise<CodeStates> => {
  if (!memories.some(isFromCode)) return new Map();
  if (repositoryFolderOf(process.cwd()) === undefined) return new Map();
  const { WorkspaceFiles } = await import('../mcp/workspaceFiles.ts');
  return codeStatesIn(new WorkspaceFiles([readableFolder(process.cwd())]), memories);
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
