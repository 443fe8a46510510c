import { MemoryError } from './errors.ts';
import type { Memory, MemoryFilter, TagChange } from './memory.ts';
import type { MemoryStore } from './memoryStore.ts';
import { pagesOf } from './pagesOf.ts';
import type { CallOptions } from './ports.ts';
import { isProjectTag } from './projects.ts';
import { exactChanges } from './retagging.ts';
import { MAX_TAG_LENGTH, normaliseTag } from './tags.ts';
import { isBelow } from './tagTree.ts';

const PAGE = 1000;
const EXAMPLES = 5;

/** One tag of the store that gets another name, or none. */
export interface TagRenaming {
  readonly from: string;
  /** Undefined where the tag is taken away. */
  readonly to: string | undefined;
  /** Memories that have it. */
  readonly count: number;
  /** The new name is a tag already: the two become one. */
  readonly merges: boolean;
}

export interface RenamingPlan {
  /** The tags asked for and those below them, most used first. */
  readonly tags: readonly TagRenaming[];
  /** Memories that change. */
  readonly memories: number;
  /** A few of them, the newest ones; with the beginning of their content. */
  readonly examples: readonly Memory[];
}

type TagStore = Pick<MemoryStore, 'facets' | 'list' | 'count' | 'retag'>;

/**
 * What becomes of tags that are renamed to `to`, or taken away where it is undefined; the tags below them move along.
 * Several tags with one name are merged. Nothing is changed yet.
 */
export const planRenaming = async (
  store: TagStore,
  from: readonly string[],
  to: string | undefined,
  options?: CallOptions,
): Promise<RenamingPlan> => {
  const target = to === undefined ? undefined : newName(to);
  const all = await allTags(store, options);
  const tags = [...all].flatMap(([tag, count]) => {
    const root = from.find((one) => tag === one || isBelow(tag, one));
    if (root === undefined) return [];
    const renamed = target === undefined ? undefined : newName(target + tag.slice(root.length));
    if (renamed === tag) return [];
    return [{ from: tag, to: renamed, count, merges: renamed !== undefined && all.has(renamed) }];
  });
  if (tags.length === 0) return { tags, memories: 0, examples: [] };
  const filter = filterOf(tags);
  const [memories, { items }] = await Promise.all([
    store.count(filter, options),
    store.list({ filter, limit: EXAMPLES, contentLimit: 200 }, options),
  ]);
  return { tags, memories, examples: items };
};

/** Carries a plan out, a page at a time; each yields what it changed, to count it and to undo it. */
export async function* carryOut(
  store: TagStore,
  { tags }: RenamingPlan,
  options?: CallOptions,
): AsyncGenerator<readonly TagChange[]> {
  const names = new Map(tags.map(({ from, to }) => [from, to]));
  const after = (present: readonly string[]): string[] =>
    present.flatMap((tag) => (names.has(tag) ? (names.get(tag) ?? []) : tag));
  for (let place: string | undefined; ;) {
    const query = { filter: filterOf(tags), order: 'oldest', limit: PAGE, contentLimit: 0 } as const;
    const page = await store.list({ ...query, after: place }, options);
    const changes = exactChanges(page.items, after);
    await store.retag(changes, options);
    yield changes;
    if (page.next === undefined) return;
    place = page.next;
  }
}

const filterOf = (tags: readonly TagRenaming[]): MemoryFilter => ({ tags: tags.map(({ from }) => from) });

const newName = (text: string): string => {
  const name = normaliseTag(text);
  if (name === undefined)
    throw new MemoryError('invalid-input', 'The new name is empty.', 'Type a name for the tag.');
  if (isProjectTag(name))
    throw new MemoryError(
      'invalid-input',
      `“${name}” would be a project, not a tag.`,
      `Choose a name of at most ${MAX_TAG_LENGTH} characters that does not begin with “proj:”.`,
    );
  return name;
};

const allTags = async (store: TagStore, options?: CallOptions): Promise<ReadonlyMap<string, number>> => {
  const tags = new Map<string, number>();
  for await (const page of pagesOf((after) => store.facets('tags', { limit: PAGE, after }, options)))
    for (const { name, count } of page) tags.set(name, count);
  return tags;
};
