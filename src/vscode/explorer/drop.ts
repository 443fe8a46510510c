import * as vscode from 'vscode';
import type { Memory, MemoryPatch } from '../../memory/memory.ts';
import { isProjectTag, projectTag } from '../../memory/projects.ts';
import { exactChanges, undoOf } from '../../memory/retagging.ts';
import { oneLine } from '../plainText.ts';
import type { Services } from '../services.ts';
import { offerUndo } from '../undo.ts';
import type { TreeNode } from './nodes.ts';

/** Gives memories what the row they were dropped on stands for. */
export async function dropMemories(
  services: Services,
  hashes: readonly string[],
  target: TreeNode | undefined,
): Promise<void> {
  const node = target?.kind === 'memory' || target?.kind === 'more' ? target.parent : target;
  const memories = await services.store.get(hashes);
  const live = memories.filter(({ deletedAt }) => deletedAt === undefined);
  switch (node?.kind) {
    case 'tag':
      return addTag(services, live, node.branch.name);
    case 'facet':
      return node.facet === 'projects'
        ? moveToProject(services, live, node.name)
        : setType(services, live, node.name);
    case 'section':
      if (node.section === 'pinned') await run('pinMemory', live);
      if (node.section === 'deleted') await run('deleteMemory', live);
      if (node.section === 'recent') await restore(memories);
      return;
    case 'day':
      return restore(memories);
    case 'error':
    case undefined:
      return;
  }
}

const run = async (command: string, memories: readonly Memory[]): Promise<void> => {
  if (memories.length === 0) return;
  await vscode.commands.executeCommand(
    `edgeMemory.${command}`,
    memories.map(({ contentHash }) => contentHash),
  );
};

const restore = (memories: readonly Memory[]): Promise<void> =>
  run(
    'restoreMemory',
    memories.filter(({ deletedAt }) => deletedAt !== undefined),
  );

function addTag(services: Services, memories: readonly Memory[], tag: string): Promise<void> {
  const done = (count: number): string =>
    count === 1
      ? vscode.l10n.t('Added #{0} to 1 memory.', oneLine(tag, 50))
      : vscode.l10n.t('Added #{0} to {1} memories.', oneLine(tag, 50), count);
  return retag(services, memories, (tags) => [...tags, tag], done);
}

function moveToProject(services: Services, memories: readonly Memory[], project: string): Promise<void> {
  const done = (count: number): string =>
    count === 1
      ? vscode.l10n.t('Moved 1 memory to the project {0}.', oneLine(project, 50))
      : vscode.l10n.t('Moved {1} memories to the project {0}.', oneLine(project, 50), count);
  const move = (tags: readonly string[]): string[] => [
    ...tags.filter((tag) => !isProjectTag(tag)),
    projectTag(project),
  ];
  return retag(services, memories, move, done);
}

async function retag(
  { store, errors }: Services,
  memories: readonly Memory[],
  tagsAfter: (tags: readonly string[]) => readonly string[],
  done: (count: number) => string,
): Promise<void> {
  const changes = exactChanges(memories, tagsAfter);
  if (changes.length === 0) return;
  await store.retag(changes);
  void offerUndo(errors, done(changes.length), () => store.retag(changes.map(undoOf)));
}

async function setType(
  { store, errors }: Services,
  memories: readonly Memory[],
  type: string,
): Promise<void> {
  const others = memories.filter(({ memoryType }) => memoryType !== type);
  if (others.length === 0) return;
  const update = (patchOf: (memory: Memory) => MemoryPatch): Promise<unknown> =>
    Promise.all(others.map((memory) => store.update(memory.contentHash, patchOf(memory))));
  await update(() => ({ memoryType: type }));
  const done =
    others.length === 1
      ? vscode.l10n.t('1 memory is of the type {0} now.', oneLine(type, 50))
      : vscode.l10n.t('{1} memories are of the type {0} now.', oneLine(type, 50), others.length);
  void offerUndo(errors, done, () => update(({ memoryType = null }) => ({ memoryType })));
}
