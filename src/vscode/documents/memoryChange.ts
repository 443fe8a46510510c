import type { JsonObject, Memory, MemoryPatch, NewMemory } from '../../memory/memory.ts';
import type { Draft } from './frontMatter.ts';

/** What saving a document has to change; undefined where it says what the memory is. */
export function changeOf(draft: Draft, memory: Memory): MemoryPatch | undefined {
  const patch: MemoryPatch = {
    content: sameText(draft.content, memory.content) ? undefined : draft.content,
    tags: sameTags(draft.tags, memory.tags) ? undefined : draft.tags,
    memoryType: draft.memoryType === memory.memoryType ? undefined : (draft.memoryType ?? null),
    pinned: draft.pinned === memory.pinned ? undefined : draft.pinned,
    localOnly: draft.localOnly === memory.localOnly ? undefined : draft.localOnly,
    metadata: mergePatch(memory.metadata, draft.metadata),
  };
  return Object.values(patch).some((value) => value !== undefined) ? patch : undefined;
}

/** A document that no memory stands behind, or none any more, as a memory to store. */
export const memoryOf = (draft: Draft, former?: Memory): NewMemory => ({
  ...draft,
  createdAt: former?.createdAt,
  source: former?.source ?? { client: 'vscode' },
});

/** An editor has one kind of line end for all lines: where nothing else differs, the text was not edited. */
const sameText = (a: string, b: string): boolean => a === b || withLineFeeds(a) === withLineFeeds(b);

const withLineFeeds = (text: string): string => text.replace(/\r\n|\r/g, '\n');

const sameTags = (a: readonly string[], b: readonly string[]): boolean => {
  const others = new Set(b);
  return a.length === b.length && a.every((tag) => others.has(tag));
};

/** What turns one object into the other where it is merged into it (RFC 7396); undefined where nothing does. */
function mergePatch(from: JsonObject, to: JsonObject): JsonObject | undefined {
  const changes = [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key) => {
    const [before, after] = [from[key], to[key]];
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    const change = isObject(before) && isObject(after) ? mergePatch(before, after) : (after ?? null);
    return change === undefined ? [] : [[key, change] as const];
  });
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
