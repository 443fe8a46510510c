import { MemoryError } from '../memory/errors.ts';
import type { NewMemory, SearchAnswer, SearchHit, SearchQuery } from '../memory/memory.ts';
import type { CallOptions } from '../memory/ports.ts';
import { projectsOf } from '../memory/projects.ts';
import { beginningOf } from '../memory/text.ts';
import type { AgentStore } from './agentStore.ts';

/** Texts with other numbers may be two of a series (“memory number 12” and “57”: .94) or a changed value (.99). */
const OTHER_NUMBERS = 0.97;
/** What a model reads of a text. UTF-16 code units. */
const READ = 2000;
const CONTENT = 1500;

const numbersOf = (text: string): string => (text.match(/\d+/g) ?? []).toSorted().join(' ');

/** Memories that say nearly what this one says, most similar first; none where meaning can't tell. */
export const nearDuplicates = async (
  store: AgentStore,
  memory: NewMemory,
  project: string | undefined,
  options: CallOptions,
): Promise<SearchHit[]> => {
  const { content } = memory;
  const query = {
    query: beginningOf(content, READ),
    about: memory,
    mode: 'meaning',
    limit: 5,
    contentLimit: CONTENT,
  } as const;
  const { hits, duplicateSimilarity: enough = Infinity } = await searched(store, query, options);
  return hits.filter(({ memory, similarity = 0 }) => {
    const projects = projectsOf(memory.tags);
    return (
      similarity >=
        (numbersOf(memory.content) === numbersOf(content) ? enough : Math.max(enough, OTHER_NUMBERS)) &&
      memory.supersededBy === undefined &&
      // One part of a long text is not a duplicate of it.
      memory.contentSize < 3 * Buffer.byteLength(content) &&
      Buffer.byteLength(content) < 3 * memory.contentSize &&
      (projects.length === 0 || project === undefined || projects.includes(project))
    );
  });
};

/** Without the model a memory is stored all the same. */
const searched = async (
  store: AgentStore,
  query: SearchQuery,
  options: CallOptions,
): Promise<SearchAnswer> => {
  try {
    return await store.search(query, options);
  } catch (error) {
    if (!MemoryError.is(error)) throw error;
    return { hits: [], mode: { keyword: 'off', meaning: undefined } };
  }
};
