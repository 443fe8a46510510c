import * as vscode from 'vscode';
import { plainTagsOf } from '../../memory/projects.ts';
import type { MapEvent } from '../../local/map/mapThread.ts';
import type { MapSight, OverviewMethods, Preview } from '../../shared/overviewProtocol.ts';
import { age } from '../age.ts';
import { runOffered } from '../errors.ts';
import { oneLine } from '../plainText.ts';
import type { Services } from '../services.ts';
import type { Handlers } from '../webviews/webviewCalls.ts';
import { mapGroups } from './mapGroups.ts';
import type { MemoryMap } from './memoryMap.ts';
import { shortName, overviewData } from './overviewData.ts';

/** Memories that a list shows at once; more are asked for by no one. */
const PREVIEWS = 100;
/** Characters of a preview. */
const TEXT = 240;
const SIGHT = 'overview.sight';

/** What answers an overview; `onMap` is told how far the map is. */
export const overviewHandlers = (
  services: Services,
  map: MemoryMap,
  onMap: (event: MapEvent) => void,
): Handlers<OverviewMethods> => ({
  overview: ({ utcOffset }, signal) => overviewData(services, utcOffset, signal),
  limits: async (_, signal) => {
    const target = await services.connection.read();
    if (target === undefined) return undefined;
    const { limitsOf } = await import('./limits.ts');
    return limitsOf(services, target, signal);
  },
  map: async (_, signal) => {
    const { memories, positions, total } = await map.load({ signal });
    return {
      hashes: memories.map(({ contentHash }) => contentHash),
      positions,
      groups: mapGroups(memories, shortName),
      unplaced: unplacedIn(positions),
      total,
      sight: services.context.workspaceState.get<MapSight>(SIGHT),
    };
  },
  place: async (_, signal) => {
    const positions = await map.place(onMap, { signal });
    return { positions, withoutVector: unplacedIn(positions) };
  },
  previews: (hashes, signal) => previewsOf(services, hashes.slice(0, PREVIEWS), signal),
  keep: async (sight) => services.context.workspaceState.update(SIGHT, sight),
  open: (hash) => run('showMemory', hash),
  act: ({ action, hashes }) => run(action === 'editTags' ? 'editTags' : 'deleteMemory', hashes),
  search: (what) => run('searchFor', what),
  run: (command) =>
    ['storeMemory', 'connect', 'health', 'showAgentActivity'].includes(command) ? run(command) : undefined,
  runOffered,
});

const run = async (command: string, ...args: readonly unknown[]): Promise<void> => {
  await vscode.commands.executeCommand(`edgeMemory.${command}`, ...args);
};

const unplacedIn = (positions: Float32Array): number => {
  let unplaced = 0;
  for (let i = 0; i < positions.length; i += 2) if (Number.isNaN(positions[i])) unplaced++;
  return unplaced;
};

const previewsOf = async (
  { store }: Services,
  hashes: readonly string[],
  signal: AbortSignal,
): Promise<Preview[]> => {
  const memories = await store.get(hashes, { signal });
  return memories.map((memory) => ({
    hash: memory.contentHash,
    text: oneLine(memory.content, TEXT) || '…',
    details: [
      age(memory.createdAt),
      ...(memory.memoryType === undefined ? [] : [shortName(memory.memoryType)]),
      ...plainTagsOf(memory.tags)
        .slice(0, 5)
        .map((tag) => `#${shortName(tag)}`),
    ].join(' · '),
  }));
};
