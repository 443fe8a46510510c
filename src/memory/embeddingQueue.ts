import { readRecords } from './answerSize.ts';
import { chunksOf } from './chunking.ts';
import { MemoryError } from './errors.ts';
import { isUnreadable, MissingContentError, readLargeContent } from './largeContent.ts';
import type {
  CallOptions,
  Embedder,
  MemoryVectors,
  ObjectStore,
  SqlDatabase,
  SqlStatement,
  VectorIndex,
} from './ports.ts';
import { isoOf, type MemoryRecord } from './records.ts';
import { enqueueEmbedding } from './storing.ts';

export interface EmbeddingQueuePorts {
  readonly sql: SqlDatabase;
  readonly vectors: VectorIndex;
  readonly objects: ObjectStore;
  readonly embedder: Embedder;
  /** Whether the vectors are for an index that is not in use yet: memories keep their place in line for the present one. */
  readonly isForNext?: boolean | undefined;
}

/** What a vector is made of, and what is written with it. */
export interface Embeddable {
  readonly contentHash: string;
  readonly content: string;
  readonly tags: readonly string[];
  readonly memoryType: string | undefined;
  readonly createdAt: number;
}

/** The four strings that mcp-memory-service writes with each vector; `standard` is its name for no type. */
const metadataOf = ({ contentHash, tags, memoryType, createdAt }: Embeddable): Record<string, string> => ({
  content_hash: contentHash,
  memory_type: memoryType ?? 'standard',
  tags: tags.join(','),
  created_at: isoOf(createdAt),
});

export interface Embedded {
  readonly ready: readonly MemoryVectors[];
  /** Hashes of memories for whose vectors there is no room. */
  readonly over: readonly string[];
}

/**
 * Vectors of the chunks of each memory whose language the model knows: a text in another one would get a vector
 * without meaning. `room`: how many vectors may be stored; the shortest memories come first, each whole or not at all.
 */
export const embedMemories = async (
  embedder: Embedder,
  memories: readonly Embeddable[],
  room: number,
  options?: CallOptions,
): Promise<Embedded> => {
  const all = memories
    .filter(({ content }) => embedder.model.understands(content))
    .map((memory) => ({
      memory,
      texts: chunksOf(memory.content, embedder.model.chunk).map(({ start, end }) =>
        memory.content.slice(start, end),
      ),
    }));
  const { within, over } = partedBy(room, all);
  const vectors = await embedder.embed(
    within.flatMap(({ texts }) => texts),
    options,
  );
  let at = 0;
  return {
    ready: within.map(({ memory, texts }) => ({
      contentHash: memory.contentHash,
      chunks: vectors.slice(at, (at += texts.length)),
      metadata: metadataOf(memory),
    })),
    over: over.map(({ memory }) => memory.contentHash),
  };
};

const partedBy = <T extends { readonly texts: readonly string[] }>(room: number, all: readonly T[]) => {
  if (room === Infinity) return { within: all, over: [] };
  let left = room;
  const within = [...all]
    .sort((a, b) => a.texts.length - b.texts.length)
    .filter(({ texts }) => texts.length <= left && (left -= texts.length) >= 0);
  const chosen = new Set(within);
  return { within, over: all.filter((each) => !chosen.has(each)) };
};

export const dequeueEmbedding = (contentHashes: readonly string[]): SqlStatement => ({
  sql: 'DELETE FROM em_embed_queue WHERE content_hash IN (SELECT value FROM json_each(?))',
  params: [JSON.stringify(contentHashes)],
});

/** Of these, the memories that are deleted or gone for good. */
const goneAmong = (contentHashes: readonly string[]): SqlStatement => {
  const hashes = JSON.stringify(contentHashes);
  return {
    sql: `SELECT value AS content_hash FROM json_each(?) WHERE value NOT IN (SELECT content_hash FROM memories
      WHERE deleted_at IS NULL AND content_hash IN (SELECT value FROM json_each(?)))`,
    params: [hashes, hashes],
  };
};

export interface StillWaiting {
  /** By hash, why a content could not be read. */
  readonly unread: ReadonlyMap<string, MemoryError>;
  /** Hashes of those for whose vectors there is no room. */
  readonly over: readonly string[];
}

const outdated = (): MemoryError =>
  new MemoryError(
    'conflict',
    'The index of these memories was rebuilt elsewhere in the meantime, and this program still has the old one.',
    'Open the memories again: reload the window, or start the program anew. They wait in line until then.',
  );

/** Computes the vectors that memories wait for: short ones first, so that a long text holds up nobody. */
export class EmbeddingQueue {
  readonly #ports: EmbeddingQueuePorts;
  /** By hash, why a content could not be read in this run: the others go first. */
  readonly #unread = new Map<string, MemoryError>();
  /** Whether there was no room for some in this run: the others are as long or longer. */
  #isFull = false;

  constructor(ports: EmbeddingQueuePorts) {
    this.#ports = ports;
  }

  async pending(options?: CallOptions): Promise<number> {
    const [rows] = await this.#ports.sql.read([{ sql: 'SELECT count(*) AS n FROM em_embed_queue' }], options);
    return Number(rows?.[0]?.['n'] ?? 0);
  }

  /**
   * Embeds up to `limit` of the waiting memories; answers how many it tried. Each is tried once until none is left, or
   * no room for their vectors: then it rejects where a content could not be read, and the next call begins anew.
   */
  async advance(limit: number, options?: CallOptions): Promise<number> {
    try {
      return await this.#advance(limit, options);
    } catch (error) {
      // What fails now says more than what could not be read before: the next call begins anew.
      this.#unread.clear();
      throw error;
    }
  }

  async #advance(limit: number, options?: CallOptions): Promise<number> {
    if (this.#isFull) {
      this.#endRun();
      return 0;
    }
    const [rows = []] = await this.#ports.sql.read(
      [
        {
          sql: `SELECT content_hash FROM em_embed_queue WHERE content_hash NOT IN (SELECT value FROM json_each(?))
            ORDER BY size LIMIT ?`,
          params: [JSON.stringify([...this.#unread.keys()]), limit],
        },
      ],
      options,
    );
    const hashes = rows.map((row) => String(row['content_hash']));
    if (hashes.length === 0) this.#endRun();
    const { unread, over } = await this.embed(hashes, options);
    for (const [hash, error] of unread) this.#unread.set(hash, error);
    this.#isFull = over.length > 0;
    return hashes.length;
  }

  #endRun(): void {
    this.#isFull = false;
    const [error] = this.#unread.values();
    this.#unread.clear();
    if (error !== undefined) throw error;
  }

  /** Embeds these memories, wherever they are in the queue. Answers those that wait on. */
  async embed(hashes: readonly string[], options?: CallOptions): Promise<StillWaiting> {
    const unread = new Map<string, MemoryError>();
    if (hashes.length === 0) return { unread, over: [] };
    const { sql, vectors, embedder, isForNext = false } = this.#ports;
    const contents = await this.#contents(hashes, unread, options);
    const room = (await vectors.room?.(options)) ?? Infinity;
    const { ready, over } = await embedMemories(embedder, contents, room, options);
    if (ready.length > 0) await vectors.upsert(ready, options);
    const waiting = [...unread.keys(), ...over];
    const statements = [
      goneAmong(ready.map(({ contentHash }) => contentHash)),
      ...(isForNext ? [] : [dequeueEmbedding(hashes)]),
      ...(isForNext || waiting.length === 0 ? [] : [enqueueEmbedding(waiting)]),
    ];
    const answers = await sql.write([...statements, ...(vectors.rowStatements?.(ready) ?? [])], options);
    if (vectors.rowsKept?.(answers.slice(statements.length)) === false) throw outdated();
    const [rows = []] = answers;
    const gone = rows.map((row) => String(row['content_hash']));
    // In the meantime: that deletion may have come before the vector.
    if (gone.length > 0) {
      await vectors.delete(gone, options);
      await sql.write(vectors.purgeStatements?.(gone) ?? [], options);
    }
    return { unread, over };
  }

  async #contents(
    hashes: readonly string[],
    unread: Map<string, MemoryError>,
    options?: CallOptions,
  ): Promise<Embeddable[]> {
    const contents: Embeddable[] = [];
    for (const record of await readRecords(this.#ports.sql, hashes, options)) {
      if (record.memory.deletedAt !== undefined) continue;
      try {
        contents.push({ ...record.memory, content: await this.#contentOf(record, options) });
      } catch (error) {
        // One that can't be read must not hold up the others.
        if (!isUnreadable(error)) throw error;
        if (this.#mayComeRight(error)) unread.set(record.memory.contentHash, error);
      }
    }
    return contents;
  }

  #contentOf(record: MemoryRecord, options?: CallOptions): string | Promise<string> {
    if (record.objectKey === undefined) return record.memory.content;
    return readLargeContent(this.#ports.objects, record, record.objectKey, options);
  }

  /** Near by, what was read is what is there, and `verify` tells; over a network a proxy may have answered. */
  #mayComeRight(error: MemoryError): boolean {
    return this.#ports.sql.features.remote && !(error instanceof MissingContentError);
  }
}
