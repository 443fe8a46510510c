import { cosineWithInt8, toInt8 } from '../memory/int8Vectors.ts';
import type { MemoryVector } from '../memory/memory.ts';
import type { CallOptions, MemoryVectors, VectorIndex, VectorMatch, VectorQuery } from '../memory/ports.ts';
import type { LocalRow, SqliteDatabase } from './sqliteDatabase.ts';
import { codeOf, VectorCodes } from './vectorCodes.ts';

/** How many of the nearest codes are compared exactly: recall@10 was .994 with 100, .999 with 200. */
const RESCORED = 200;
/** A filter that leaves this many memories or fewer is answered exactly, without codes. */
const SMALL = 1000;

const bytesOf = (row: LocalRow, column: string): Uint8Array => {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new Error(`${column} is no blob`);
  return value;
};

/**
 * Vectors of one space in the store's own file. Their sign bits are held in memory (64 bytes for 512 dimensions) and
 * follow what other processes write; int8 values stay in the file and are read for the nearest candidates only.
 */
export class SqliteVectorIndex implements VectorIndex {
  readonly #database: SqliteDatabase;
  readonly #space: string;
  readonly #dimensions: number;
  #codes: VectorCodes;
  #lastId = 0;

  constructor(database: SqliteDatabase, model: { readonly space: string; readonly dimensions: number }) {
    this.#database = database;
    this.#space = model.space;
    this.#dimensions = model.dimensions;
    this.#codes = new VectorCodes(model.dimensions);
  }

  /** Bytes of memory that the codes take. */
  get heldBytes(): number {
    return this.#codes.byteLength;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous; errors become rejections
  async upsert(vectors: readonly MemoryVectors[], options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    this.#database.transaction(() => {
      for (const { contentHash, chunks } of vectors) {
        const memory = this.#database.get(
          'SELECT id FROM memories WHERE content_hash = ? AND deleted_at IS NULL',
          contentHash,
        );
        if (memory === undefined) continue;
        const memoryId = Number(memory['id']);
        this.#remove(memoryId);
        chunks.forEach((chunk, i) => {
          const { lastRowid } = this.#database.run(
            'INSERT INTO em_local_vectors (memory_id, content_hash, space, chunk, vector) VALUES (?, ?, ?, ?, ?)',
            memoryId,
            contentHash,
            this.#space,
            i,
            new Uint8Array(toInt8(chunk).buffer),
          );
          this.#database.run(
            'INSERT INTO em_local_codes (id, memory_id, code) VALUES (?, ?, ?)',
            lastRowid,
            memoryId,
            new Uint8Array(codeOf(chunk).buffer),
          );
        });
      }
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async delete(contentHashes: readonly string[], options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    this.#database.transaction(() => {
      const rows = this.#database.all(
        'SELECT id FROM memories WHERE content_hash IN (SELECT value FROM json_each(?))',
        JSON.stringify(contentHashes),
      );
      for (const row of rows) this.#remove(Number(row['id']));
    });
  }

  #remove(memoryId: number): void {
    this.#database.run(
      'DELETE FROM em_local_codes WHERE id IN (SELECT id FROM em_local_vectors WHERE memory_id = ?)',
      memoryId,
    );
    this.#database.run('DELETE FROM em_local_vectors WHERE memory_id = ?', memoryId);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async query(vector: Float32Array, { topK, within, signal }: VectorQuery): Promise<VectorMatch[]> {
    signal?.throwIfAborted();
    if (vector.length !== this.#dimensions)
      throw new Error(`a vector of ${vector.length} dimensions, not ${this.#dimensions}`);
    const memories =
      within && this.#database.all(within.sql, ...(within.params ?? [])).map((row) => Number(row['id']));
    if (memories && memories.length <= SMALL) return this.#best(vector, this.#rowsOfMemories(memories), topK);
    this.#follow();
    const rescored = Math.max(RESCORED, topK * 2);
    const ids = this.#codes.nearest(codeOf(vector), rescored, memories && bitmap(memories));
    const rows = this.#rowsByIds(ids);
    if (rows.length < ids.length / 2) {
      // Most candidates are gone from the file: the codes in memory are out of date.
      this.#reload();
      return this.#best(
        vector,
        this.#rowsByIds(this.#codes.nearest(codeOf(vector), rescored, memories && bitmap(memories))),
        topK,
      );
    }
    return this.#best(vector, rows, topK);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async read(contentHashes: readonly string[], options?: CallOptions): Promise<MemoryVector[]> {
    options?.signal?.throwIfAborted();
    const rows = this.#database.all(
      `SELECT v.content_hash, v.vector FROM memories m JOIN em_local_vectors v ON v.memory_id = m.id
        WHERE m.content_hash IN (SELECT value FROM json_each(?)) AND v.chunk = 0 AND v.space = ?`,
      JSON.stringify(contentHashes),
      this.#space,
    );
    return rows.map((row) => ({
      contentHash: String(row['content_hash']),
      values: new Int8Array(bytesOf(row, 'vector').slice().buffer),
    }));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async count(): Promise<number> {
    const row = this.#database.get(
      'SELECT count(DISTINCT memory_id) AS n FROM em_local_vectors WHERE space = ?',
      this.#space,
    );
    return Number(row?.['n'] ?? 0);
  }

  /** Reads the codes of vectors that this or another process has added. */
  #follow(): void {
    const rows = this.#database.all(
      'SELECT id, memory_id, code FROM em_local_codes WHERE id > ? ORDER BY id',
      this.#lastId,
    );
    this.#codes.reserve(this.#codes.length + rows.length);
    for (const row of rows) {
      // Blobs may begin at any byte; words may not.
      const code = new Uint32Array(bytesOf(row, 'code').slice().buffer);
      if (code.length * 32 >= this.#dimensions)
        this.#codes.add(Number(row['id']), Number(row['memory_id']), code);
      this.#lastId = Number(row['id']);
    }
  }

  #reload(): void {
    this.#codes = new VectorCodes(this.#dimensions);
    this.#lastId = 0;
    this.#follow();
  }

  #rowsByIds(ids: readonly number[]): LocalRow[] {
    return this.#database.all(
      'SELECT id, memory_id, vector FROM em_local_vectors WHERE id IN (SELECT value FROM json_each(?)) AND space = ?',
      JSON.stringify(ids),
      this.#space,
    );
  }

  #rowsOfMemories(ids: readonly number[]): LocalRow[] {
    return this.#database.all(
      'SELECT id, memory_id, vector FROM em_local_vectors WHERE memory_id IN (SELECT value FROM json_each(?)) AND space = ?',
      JSON.stringify(ids),
      this.#space,
    );
  }

  /** The best chunk of each memory. Names are read only for those that are answered. */
  #best(vector: Float32Array, rows: readonly LocalRow[], topK: number): VectorMatch[] {
    const best = new Map<number, { id: number; similarity: number }>();
    for (const row of rows) {
      const bytes = bytesOf(row, 'vector');
      const similarity = cosineWithInt8(
        vector,
        new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      );
      const memoryId = Number(row['memory_id']);
      if (similarity > (best.get(memoryId)?.similarity ?? -2))
        best.set(memoryId, { id: Number(row['id']), similarity });
    }
    const top = [...best.values()].sort((a, b) => b.similarity - a.similarity).slice(0, topK);
    const names = this.#database.all(
      'SELECT id, content_hash, chunk FROM em_local_vectors WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(top.map(({ id }) => id)),
    );
    const byId = new Map(names.map((row) => [Number(row['id']), row]));
    return top.flatMap(({ id, similarity }) => {
      const row = byId.get(id);
      return row === undefined
        ? []
        : [{ contentHash: String(row['content_hash']), chunk: Number(row['chunk']), similarity }];
    });
  }
}

const bitmap = (ids: readonly number[]): Uint8Array => {
  const bits = new Uint8Array(ids.reduce((most, id) => Math.max(most, id), 0) + 1);
  for (const id of ids) bits[id] = 1;
  return bits;
};
