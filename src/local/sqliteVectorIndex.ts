import { LRUCache } from 'lru-cache';
import { cosineWithInt8, toInt8 } from '../memory/int8Vectors.ts';
import type { MemoryVector } from '../memory/memory.ts';
import type { CallOptions, MemoryVectors, VectorIndex, VectorMatch, VectorQuery } from '../memory/ports.ts';
import type { LocalRow, SqliteDatabase } from './sqliteDatabase.ts';
import { codeOf, VectorCodes } from './vectorCodes.ts';

/** How many of the nearest codes are compared exactly: recall@10 was .994 with 100, .999 with 200. */
const RESCORED = 200;
/** A filter that leaves this many memories or fewer is answered exactly, without codes. */
const SMALL = 1000;
/** How many int8 vectors stay in memory after they were compared: 6 MB of 512 dimensions. */
const KEPT = 12_288;
/** How many names of vectors do, and about how many bytes each takes. */
const KEPT_NAMES = 4096;
const NAME_BYTES = 150;

interface StoredVector {
  readonly id: number;
  readonly memoryId: number;
  readonly values: Int8Array;
}

/** Which part of which memory a vector was made of. */
type VectorName = Pick<VectorMatch, 'contentHash' | 'chunk'>;

const bytesOf = (row: LocalRow, column: string): Uint8Array => {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new Error(`${column} is no blob`);
  return value;
};

const toVector = (row: LocalRow): StoredVector => {
  const bytes = bytesOf(row, 'vector');
  return {
    id: Number(row['id']),
    memoryId: Number(row['memory_id']),
    values: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  };
};

/**
 * Vectors of one space in the store's own file. Their sign bits are held in memory (64 bytes for 512 dimensions) and
 * follow what other processes write; int8 values are read from the file for the nearest candidates only.
 */
export class SqliteVectorIndex implements VectorIndex {
  readonly #database: SqliteDatabase;
  readonly #space: string;
  readonly #dimensions: number;
  #codes: VectorCodes;
  #lastId = 0;
  /** Those compared lately: while a person types, the same ones are asked for again and again. */
  readonly #kept = new LRUCache<number, StoredVector>({ max: KEPT });
  readonly #names = new LRUCache<number, VectorName>({ max: KEPT_NAMES });
  #keptAt = '';

  constructor(database: SqliteDatabase, model: { readonly space: string; readonly dimensions: number }) {
    this.#database = database;
    this.#space = model.space;
    this.#dimensions = model.dimensions;
    this.#codes = new VectorCodes(model.dimensions);
  }

  /** Bytes of memory that the codes, the int8 values and the names take. */
  get heldBytes(): number {
    return this.#codes.byteLength + this.#kept.size * this.#dimensions + this.#names.size * NAME_BYTES;
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
    this.#forgetWhatChanged();
    const memories =
      within && this.#database.all(within.sql, ...(within.params ?? [])).map((row) => Number(row['id']));
    if (memories && memories.length <= SMALL)
      return this.#best(vector, this.#read('memory_id', memories), topK);
    this.#follow();
    const rescored = Math.max(RESCORED, topK * 2);
    const ids = this.#codes.nearest(codeOf(vector), rescored, memories && bitmap(memories));
    const vectors = this.#vectorsByIds(ids);
    if (vectors.length < ids.length / 2) {
      // Most candidates are gone from the file: the codes in memory are out of date.
      this.#reload();
      return this.#best(
        vector,
        this.#vectorsByIds(this.#codes.nearest(codeOf(vector), rescored, memories && bitmap(memories))),
        topK,
      );
    }
    return this.#best(vector, vectors, topK);
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

  /** What is kept holds until anything is written. */
  #forgetWhatChanged(): void {
    const version = this.#database.version();
    if (version === this.#keptAt) return;
    this.#kept.clear();
    this.#names.clear();
    this.#keptAt = version;
  }

  #vectorsByIds(ids: readonly number[]): StoredVector[] {
    const known: StoredVector[] = [];
    const others: number[] = [];
    for (const id of ids) {
      const vector = this.#kept.get(id);
      if (vector === undefined) others.push(id);
      else known.push(vector);
    }
    const read = this.#read('id', others);
    for (const vector of read) this.#kept.set(vector.id, vector);
    return [...known, ...read];
  }

  #read(column: 'id' | 'memory_id', numbers: readonly number[]): StoredVector[] {
    if (numbers.length === 0) return [];
    const rows = this.#database.all(
      `SELECT id, memory_id, vector FROM em_local_vectors
       WHERE ${column} IN (SELECT value FROM json_each(?)) AND space = ?`,
      JSON.stringify(numbers),
      this.#space,
    );
    return rows.map(toVector);
  }

  /** The best chunk of each memory. Names are read only for those that are answered. */
  #best(vector: Float32Array, stored: readonly StoredVector[], topK: number): VectorMatch[] {
    const best = new Map<number, { id: number; similarity: number }>();
    for (const { id, memoryId, values } of stored) {
      const similarity = cosineWithInt8(vector, values);
      if (similarity > (best.get(memoryId)?.similarity ?? -2)) best.set(memoryId, { id, similarity });
    }
    const top = [...best.values()].sort((a, b) => b.similarity - a.similarity).slice(0, topK);
    const names = this.#namesOf(top.map(({ id }) => id));
    return top.flatMap(({ id, similarity }) => {
      const name = names.get(id);
      return name === undefined ? [] : [{ ...name, similarity }];
    });
  }

  #namesOf(ids: readonly number[]): ReadonlyMap<number, VectorName> {
    const names = new Map<number, VectorName>();
    const others: number[] = [];
    for (const id of ids) {
      const name = this.#names.get(id);
      if (name === undefined) others.push(id);
      else names.set(id, name);
    }
    if (others.length === 0) return names;
    const rows = this.#database.all(
      'SELECT id, content_hash, chunk FROM em_local_vectors WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(others),
    );
    for (const row of rows) {
      const name = { contentHash: String(row['content_hash']), chunk: Number(row['chunk']) };
      names.set(Number(row['id']), name);
      this.#names.set(Number(row['id']), name);
    }
    return names;
  }
}

const bitmap = (ids: readonly number[]): Uint8Array => {
  const bits = new Uint8Array(ids.reduce((most, id) => Math.max(most, id), 0) + 1);
  for (const id of ids) bits[id] = 1;
  return bits;
};
