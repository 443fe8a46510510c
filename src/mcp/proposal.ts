import type { Memory, MemoryPatch, NewMemory } from '../memory/memory.ts';

/** What a part of a proposal is about: `present` is the text as it is now, of a memory that is to be changed. */
export type ProposalPart =
  'content' | 'present' | 'supersedes' | 'tags' | 'addTags' | 'removeTags' | 'type' | 'project' | 'metadata';

/** Everything that an agent wants to have stored or changed in one memory, as text for a person; whole, and not yet safe to show. */
export type Proposal = readonly { readonly part: ProposalPart; readonly text: string }[];

/** `superseded`: the memory that it is to replace. */
export const newProposal = (memory: NewMemory, superseded: Memory | undefined): Proposal =>
  said({
    content: memory.content,
    supersedes: superseded?.content ?? memory.supersedes,
    tags: listed(memory.tags),
    type: memory.memoryType,
    project: memory.project,
    metadata: json(memory.metadata),
  });

/** Undefined where the patch changes nothing that an agent can word. */
export const changeProposal = (memory: Memory, patch: MemoryPatch): Proposal | undefined => {
  const parts = said({
    content: patch.content,
    tags: patch.tags?.join(', '),
    addTags: listed(patch.addTags),
    removeTags: listed(patch.removeTags),
    type: patch.memoryType === null ? '' : patch.memoryType,
    project: patch.project === null ? '' : patch.project,
    metadata: json(patch.metadata),
  });
  return parts.length === 0 ? undefined : [{ part: 'present', text: memory.content }, ...parts];
};

const listed = (tags: readonly string[] = []): string | undefined => tags.join(', ') || undefined;

const json = (metadata: NewMemory['metadata'] = {}): string | undefined =>
  Object.keys(metadata).length === 0 ? undefined : JSON.stringify(metadata);

const said = (texts: Partial<Record<ProposalPart, string | undefined>>): Proposal =>
  (Object.keys(texts) as ProposalPart[]).flatMap((part) => {
    const text = texts[part];
    return text === undefined ? [] : [{ part, text }];
  });
