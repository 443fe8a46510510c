import type { EffectiveMode, Memory, SearchAnswer } from '../memory/memory.ts';
import type { CodeStates } from './codeStates.ts';

/** How --json prints memories: mcp-memory-service's names where it has one; null for what there is not. */
export const memoryJson = (memory: Memory) => ({
  content_hash: memory.contentHash,
  content: memory.content,
  tags: memory.tags,
  memory_type: memory.memoryType ?? null,
  metadata: memory.metadata,
  created_at: memory.createdAt,
  updated_at: memory.updatedAt,
  deleted_at: memory.deletedAt ?? null,
  content_size: memory.contentSize,
  truncated: memory.truncated,
  pinned: memory.pinned,
  local_only: memory.localOnly,
  source: memory.source ?? null,
  superseded_by: memory.supersededBy ?? null,
});

/** The same with what has become of its code: `same`, `moved`, `changed` or `missing`; null where that is not known. */
export const memoryAndCodeJson = (memory: Memory, states: CodeStates) => ({
  ...memoryJson(memory),
  code_state: states.get(memory.contentHash)?.kind ?? null,
});

export const modeJson = (mode: EffectiveMode) => ({
  keyword: mode.keyword,
  meaning: mode.meaning ?? null,
  reduced_because: mode.reducedBecause ?? null,
});

/** `marks` are [start, end) in UTF-16 code units of `snippet`. `states`: where the code of memories is looked at. */
export const searchJson = (answer: SearchAnswer, states?: CodeStates) => ({
  results: answer.hits.map(({ memory, score, match, similarity, snippet }) => ({
    memory: states ? memoryAndCodeJson(memory, states) : memoryJson(memory),
    score,
    match,
    similarity: similarity ?? null,
    snippet: snippet.text,
    marks: snippet.marks,
  })),
  mode: modeJson(answer.mode),
});
