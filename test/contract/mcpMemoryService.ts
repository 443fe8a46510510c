import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Emulator } from '../emulator/emulator.ts';
import type { D1Entry } from './emulatorRequests.ts';
import { get, ndjson } from './emulatorRequests.ts';

export interface ServiceMemory {
  readonly content: string;
  readonly tags: readonly string[];
  readonly memoryType?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Unix seconds; default now. */
  readonly createdAt?: number;
}

export interface FoundMemory {
  readonly contentHash: string;
  readonly content: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface ServiceResources {
  /** Paths after the account. */
  readonly database: string;
  readonly index: string;
  /** Without one, everything stays in D1. */
  readonly bucket?: string;
}

/** Above this many bytes of UTF-8 the service keeps content in R2. */
const largeContentBytes = 1024 * 1024;

/**
 * What mcp-memory-service sends to Cloudflare, request by request and in its order: its tables, its statements' meaning and
 * their parameters. Another program that shares its database is tested by what this one then finds, and the reverse.
 */
export class McpMemoryService {
  readonly #emulator: Emulator;
  readonly #resources: ServiceResources;

  constructor(emulator: Emulator, resources: ServiceResources) {
    this.#emulator = emulator;
    this.#resources = resources;
  }

  static hash(content: string): string {
    return createHash('sha256').update(content.trim().toLowerCase()).digest('hex');
  }

  /** Looks at the columns, then creates everything in one request of several statements with comments. */
  async initialize(): Promise<void> {
    await this.#sql('PRAGMA table_info(memories)');
    await this.#sql(`
      -- Memories
      CREATE TABLE IF NOT EXISTS memories (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        content_hash TEXT UNIQUE NOT NULL,
        content TEXT NOT NULL,
        memory_type TEXT,
        created_at REAL NOT NULL,
        created_at_iso TEXT NOT NULL,
        updated_at REAL,
        updated_at_iso TEXT,
        metadata_json TEXT,
        vector_id TEXT UNIQUE,
        content_size INTEGER DEFAULT 0,
        r2_key TEXT,
        tags TEXT,
        deleted_at REAL DEFAULT NULL
      );

      -- Tags
      CREATE TABLE IF NOT EXISTS tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL);

      -- Their links
      CREATE TABLE IF NOT EXISTS memory_tags (
        memory_id INTEGER,
        tag_id INTEGER,
        PRIMARY KEY (memory_id, tag_id),
        FOREIGN KEY (memory_id) REFERENCES memories(id) ON DELETE CASCADE,
        FOREIGN KEY (tag_id) REFERENCES tags(id) ON DELETE CASCADE
      );

      CREATE INDEX IF NOT EXISTS idx_memories_content_hash ON memories(content_hash);
      CREATE INDEX IF NOT EXISTS idx_memories_created_at ON memories(created_at);
      CREATE INDEX IF NOT EXISTS idx_memories_vector_id ON memories(vector_id);
      CREATE INDEX IF NOT EXISTS idx_memories_deleted_at ON memories(deleted_at);
      CREATE INDEX IF NOT EXISTS idx_tags_name ON tags(name);
    `);
    await this.#call('GET', this.#resources.index);
    if (this.#resources.bucket !== undefined)
      await this.#call('GET', `${this.#resources.bucket}/objects?max-keys=1`);
  }

  async store(memory: ServiceMemory): Promise<string> {
    const { content, tags, memoryType, metadata, createdAt = Date.now() / 1000 } = memory;
    const { bucket, index } = this.#resources;
    const contentHash = McpMemoryService.hash(content);
    const iso = new Date(createdAt * 1000).toISOString();
    const values = await this.#embed(content);
    const size = Buffer.byteLength(content);
    const r2Key = bucket !== undefined && size > largeContentBytes ? `content/${contentHash}.txt` : null;
    if (bucket !== undefined && r2Key !== null)
      await this.#call('PUT', `${bucket}/objects/${r2Key}`, content);
    const described = {
      content_hash: contentHash,
      memory_type: memoryType ?? 'standard',
      tags: tags.join(','),
      created_at: iso,
    };
    const line = JSON.stringify({ id: contentHash, values, metadata: described });
    await get(this.#emulator, 'POST', `${index}/upsert`, `${line}\n`, ndjson);
    // A deleted memory of the same content gives way.
    await this.#sql('DELETE FROM memories WHERE content_hash = ? AND deleted_at IS NOT NULL', contentHash);
    const insert = await this.#sql(
      `INSERT INTO memories (
         content_hash, content, memory_type, created_at, created_at_iso, updated_at, updated_at_iso,
         metadata_json, vector_id, content_size, r2_key, tags
       ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      contentHash,
      r2Key === null ? content : `[R2 Content: ${r2Key}]`,
      memoryType ?? null,
      createdAt,
      iso,
      createdAt,
      iso,
      metadata === undefined ? null : JSON.stringify(metadata),
      contentHash,
      size,
      r2Key,
      tags.length > 0 ? tags.join(',') : null,
    );
    await this.#addTags(insert.meta.last_row_id, tags);
    return contentHash;
  }

  /** By meaning: rows by the matches' vector ids, one request each, and each result's metadata is written back. */
  async retrieve(query: string, count = 5): Promise<FoundMemory[]> {
    const vector = await this.#embed(query);
    const body = { vector, topK: Math.min(count, 100), returnMetadata: 'none', returnValues: false };
    const { matches } = await this.#call<{ matches: { id: string }[] }>(
      'POST',
      `${this.#resources.index}/query`,
      body,
    );
    const found: FoundMemory[] = [];
    for (const { id } of matches) {
      const { results } = await this.#sql('SELECT * FROM memories WHERE vector_id = ?', id);
      if (results[0] === undefined) continue;
      const memory = await this.#load(results[0]);
      const metadata = { ...memory.metadata, access_count: Number(memory.metadata['access_count'] ?? 0) + 1 };
      await this.#sql(
        'UPDATE memories SET metadata_json = ? WHERE content_hash = ?',
        JSON.stringify(metadata),
        memory.contentHash,
      );
      found.push(memory);
    }
    return found;
  }

  async searchByTags(tags: readonly string[], match: 'any' | 'all' = 'any'): Promise<FoundMemory[]> {
    const having = match === 'all' ? 'HAVING COUNT(DISTINCT t.name) = ?' : '';
    const { results } = await this.#sql(
      `SELECT m.* FROM memories m JOIN memory_tags mt ON m.id = mt.memory_id JOIN tags t ON mt.tag_id = t.id
       WHERE t.name IN (${tags.map(() => '?').join()}) GROUP BY m.id ${having} ORDER BY m.created_at DESC`,
      ...tags,
      ...(match === 'all' ? [tags.length] : []),
    );
    return this.#loadAll(results);
  }

  async list(limit: number, offset = 0): Promise<FoundMemory[]> {
    const { results } = await this.#sql(
      `SELECT m.* FROM memories m WHERE m.deleted_at IS NULL ORDER BY m.created_at DESC, m.id DESC LIMIT ?${offset > 0 ? ' OFFSET ?' : ''}`,
      limit,
      ...(offset > 0 ? [offset] : []),
    );
    return this.#loadAll(results);
  }

  /** By a part of the text; longer ones than LIKE takes are refused by D1. */
  async searchByText(part: string): Promise<FoundMemory[]> {
    const { results } = await this.#sql(
      String.raw`SELECT * FROM memories WHERE content LIKE '%' || ? || '%' ESCAPE '\' AND deleted_at IS NULL ORDER BY created_at DESC`,
      part.replaceAll(/[\\%_]/g, String.raw`\$&`),
    );
    return this.#loadAll(results);
  }

  async delete(contentHash: string): Promise<void> {
    const { results } = await this.#sql('SELECT * FROM memories WHERE content_hash = ?', contentHash);
    const [row] = results;
    assert.ok(row !== undefined, 'no such memory');
    const { bucket, index } = this.#resources;
    if (row['vector_id'] !== null)
      await this.#call('POST', `${index}/delete_by_ids`, { ids: [row['vector_id']] });
    if (bucket !== undefined && typeof row['r2_key'] === 'string') {
      await this.#call('DELETE', `${bucket}/objects/${row['r2_key']}`);
    }
    const now = Date.now() / 1000;
    await this.#sql('UPDATE memories SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL', now, row['id']);
  }

  async updateMetadata(contentHash: string, metadata: Readonly<Record<string, unknown>>): Promise<void> {
    const now = new Date();
    await this.#sql(
      'UPDATE memories SET metadata_json = ?, updated_at = ?, updated_at_iso = ? WHERE content_hash = ?',
      JSON.stringify(metadata),
      now.getTime() / 1000,
      now.toISOString(),
      contentHash,
    );
  }

  /** The links only: `memories.tags` and the vector's metadata keep what they had. */
  async updateTags(contentHash: string, tags: readonly string[]): Promise<void> {
    const now = new Date();
    await this.#sql(
      'UPDATE memories SET updated_at = ?, updated_at_iso = ? WHERE content_hash = ?',
      now.getTime() / 1000,
      now.toISOString(),
      contentHash,
    );
    const { results } = await this.#sql('SELECT id FROM memories WHERE content_hash = ?', contentHash);
    const id = results[0]?.['id'];
    await this.#sql('DELETE FROM memory_tags WHERE memory_id = ?', id);
    await this.#addTags(Number(id), tags);
  }

  async tagCounts(): Promise<Record<string, unknown>> {
    const { results } = await this.#sql(
      `SELECT t.name AS tag, COUNT(mt.memory_id) AS count FROM tags t LEFT JOIN memory_tags mt ON t.id = mt.tag_id
       GROUP BY t.id ORDER BY count DESC, t.name ASC`,
    );
    return Object.fromEntries(results.map(({ tag, count }) => [String(tag), count]));
  }

  async #addTags(memoryId: number, tags: readonly string[]): Promise<void> {
    for (const tag of tags) {
      await this.#sql('INSERT OR IGNORE INTO tags (name) VALUES (?)', tag);
      await this.#sql(
        'INSERT INTO memory_tags (memory_id, tag_id) SELECT ?, id FROM tags WHERE name = ?',
        memoryId,
        tag,
      );
    }
  }

  async #loadAll(rows: D1Entry['results']): Promise<FoundMemory[]> {
    const memories: FoundMemory[] = [];
    for (const row of rows) memories.push(await this.#load(row));
    return memories;
  }

  async #load(row: Readonly<Record<string, unknown>>): Promise<FoundMemory> {
    let content = String(row['content']);
    if (typeof row['r2_key'] === 'string' && content.startsWith('[R2 Content:')) {
      content = await this.#object(row['r2_key']);
    }
    const { results } = await this.#sql(
      'SELECT t.name FROM tags t JOIN memory_tags mt ON t.id = mt.tag_id WHERE mt.memory_id = ?',
      row['id'],
    );
    const metadata = typeof row['metadata_json'] === 'string' ? row['metadata_json'] : '{}';
    return {
      contentHash: String(row['content_hash']),
      content,
      tags: results.map(({ name }) => String(name)),
      metadata: JSON.parse(metadata) as Record<string, unknown>,
    };
  }

  async #embed(text: string): Promise<readonly number[]> {
    const { data } = await this.#call<{ data: number[][] }>('POST', '/ai/run/@cf/baai/bge-base-en-v1.5', {
      text: [text],
    });
    assert.ok(data[0] !== undefined);
    return data[0];
  }

  async #object(key: string): Promise<string> {
    const { baseUrl, accountId, token } = this.#emulator;
    const url = `${baseUrl}/accounts/${accountId}${this.#resources.bucket ?? ''}/objects/${key}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(response.status, 200);
    return response.text();
  }

  async #sql(sql: string, ...params: unknown[]): Promise<D1Entry> {
    const body = params.length > 0 ? { sql, params } : { sql };
    const entries = await this.#call<D1Entry[]>('POST', `${this.#resources.database}/query`, body);
    assert.ok(entries[0] !== undefined);
    return entries[0];
  }

  #call<T>(method: string, path: string, body?: string | object): Promise<T> {
    return get<T>(this.#emulator, method, path, body);
  }
}
