import { MemoryError } from './errors.ts';
import type { Memory, NewMemory } from './memory.ts';
import type { MemoryStore } from './memoryStore.ts';
import { normaliseProject, projectsOf } from './projects.ts';
import { normaliseTags } from './tags.ts';

/**
 * What stayed because of its project, and left that, has a mark of its own from then on: nothing leaves unasked. Without
 * a caller's signal: what stays must not depend on it.
 */
export const stayWith = (here: MemoryStore, { contentHash }: Memory): Promise<Memory> =>
  here.update(contentHash, { localOnly: true });

/** What decides whether a memory stays. */
export type Staying = Pick<NewMemory, 'tags' | 'project' | 'localOnly'> & {
  readonly content?: string | undefined;
};

/** Whether a memory that is to be written belongs to one of these projects. */
export const belongsTo = (projects: ReadonlySet<string>, { tags = [], project }: Staying): boolean =>
  projects.size > 0 &&
  [...projectsOf(normaliseTags(tags)), ...(project === undefined ? [] : [normaliseProject(project)])].some(
    (name) => projects.has(name),
  );

export const hasLeft = (): MemoryError =>
  new MemoryError(
    'conflict',
    'This memory lies in your Cloudflare account, so it can not be kept from leaving this machine any more.',
    'Delete it there, and store it again as one that stays on this machine.',
  );

export const farApart = (): MemoryError =>
  new MemoryError(
    'conflict',
    'One of these memories stays on this machine and the other one lies in your Cloudflare account, so they can not be linked.',
    'Let the one that stays here leave it first, or link it to another one that stays.',
  );
