import type { Memory, MemoryStats, SearchAnswer, SearchHit } from '../../memory/memory.ts';
import { isoOf } from '../../memory/records.ts';
import { modeJson } from '../memoryJson.ts';

/** The answers of the REST API, in the names of mcp-memory-service. */

export const restMemory = (memory: Memory) => ({
  content: memory.content,
  content_hash: memory.contentHash,
  tags: memory.tags,
  memory_type: memory.memoryType ?? null,
  metadata: memory.metadata,
  created_at: memory.createdAt,
  created_at_iso: isoOf(memory.createdAt),
  updated_at: memory.updatedAt,
  updated_at_iso: isoOf(memory.updatedAt),
});

const WHY: Readonly<Record<SearchHit['match'], string>> = {
  keyword: 'Its words match',
  meaning: 'Its meaning is similar',
  both: 'Its words match and its meaning is similar',
  exact: 'It contains the exact text',
};

/** `similarity_score` is the hit's place among the others, 0…1: what results are sorted by. */
export const restSearch = ({ hits, mode }: SearchAnswer, query: string, ms: number) => ({
  results: hits.map(({ memory, score, match }) => ({
    memory: restMemory(memory),
    similarity_score: score,
    relevance_reason: WHY[match],
  })),
  total_found: hits.length,
  query,
  search_type: mode.meaning === undefined ? 'keyword' : 'hybrid',
  processing_time_ms: ms,
  mode: modeJson(mode),
});

export const restStats = (stats: MemoryStats, backend: string) => ({
  backend,
  total_memories: stats.live,
  deleted_memories: stats.deleted,
  unique_tags: stats.tags,
  content_bytes: stats.contentBytes,
  oldest_memory: stats.oldest ?? null,
  newest_memory: stats.newest ?? null,
  embedding_model: stats.embedding.space ?? null,
  embedded_memories: stats.embedding.embedded,
  waiting_for_embedding: stats.embedding.pending,
});
