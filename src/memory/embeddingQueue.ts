import { chunksOf } from './chunking.ts';
import { MemoryError } from './errors.ts';
import { MissingContentError, readLargeContent } from './largeContent.ts';
import type {
  CallOptions,
  Embedder,
  MemoryVectors,
  ObjectStore,
  SqlDatabase,
  SqlStatement,
  VectorIndex,
} from './ports.ts';
import { isoOf, type MemoryRecord, selectByHash, toRecord } from './records.ts';
import { enqueueEmbedding } from './storing.ts';

export interface EmbeddingQueuePorts {
  readonly sql: SqlDatabase;
  readonly vectors: VectorIndex;
  readonly objects: ObjectStore;
  readonly embedder: Embedder;
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

/**
 * Vectors of the chunks of each memory whose language the model knows: a text in another one would get a vector
 * without meaning.
 */
export const embedMemories = async (
  embedder: Embedder,
  memories: readonly Embeddable[],
  options?: CallOptions,
): Promise<MemoryVectors[]> => {
  const chunked = memories
    .filter(({ content }) => embedder.model.understands(content))
    .map((memory) => ({
      memory,
      texts: chunksOf(memory.content, embedder.model.chunk).map(({ start, end }) =>
        memory.content.slice(start, end),
      ),
    }));
  const all = await embedder.embed(
    chunked.flatMap(({ texts }) => texts),
    options,
  );
  let at = 0;
  return chunked.map(({ memory, texts }) => ({
    contentHash: memory.contentHash,
    chunks: all.slice(at, (at += texts.length)),
    metadata: metadataOf(memory),
  }));
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

/** Computes the vectors that memories wait for: short ones first, so that a long text holds up nobody. */
export class EmbeddingQueue {
  readonly #ports: EmbeddingQueuePorts;
  /** By hash, why a content could not be read in this run: the others go first. */
  readonly #unread = new Map<string, MemoryError>();

  constructor(ports: EmbeddingQueuePorts) {
    this.#ports = ports;
  }

  async pending(options?: CallOptions): Promise<number> {
    const [rows] = await this.#ports.sql.read([{ sql: 'SELECT count(*) AS n FROM em_embed_queue' }], options);
    return Number(rows?.[0]?.['n'] ?? 0);
  }

  /**
   * Embeds up to `limit` of the waiting memories; answers how many it tried. Each is tried once until none is left: then
   * it rejects, with `damaged`, where a content could not be read, and the next call begins anew.
   */
  async advance(limit: number, options?: CallOptions): Promise<number> {
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
    for (const [hash, error] of await this.embed(hashes, options)) this.#unread.set(hash, error);
    return hashes.length;
  }

  #endRun(): void {
    const [error] = this.#unread.values();
    this.#unread.clear();
    if (error !== undefined) throw error;
  }

  /** Embeds these memories, wherever they are in the queue. Answers those that wait on, as they could not be read. */
  async embed(hashes: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, MemoryError>> {
    const unread = new Map<string, MemoryError>();
    if (hashes.length === 0) return unread;
    const { sql, vectors, embedder } = this.#ports;
    const contents = await this.#contents(hashes, unread, options);
    const ready = await embedMemories(embedder, contents, options);
    if (ready.length > 0) await vectors.upsert(ready, options);
    const statements = [
      goneAmong(ready.map(({ contentHash }) => contentHash)),
      ...(vectors.rowStatements?.(ready) ?? []),
    ];
    const waiting = unread.size > 0 ? [enqueueEmbedding([...unread.keys()])] : [];
    const [rows = []] = await sql.write([...statements, dequeueEmbedding(hashes), ...waiting], options);
    const gone = rows.map((row) => String(row['content_hash']));
    // In the meantime: that deletion may have come before the vector.
    if (gone.length > 0) {
      await vectors.delete(gone, options);
      await sql.write(vectors.purgeStatements?.(gone) ?? [], options);
    }
    return unread;
  }

  async #contents(
    hashes: readonly string[],
    unread: Map<string, MemoryError>,
    options?: CallOptions,
  ): Promise<Embeddable[]> {
    const [rows = []] = await this.#ports.sql.read([selectByHash(hashes)], options);
    const contents: Embeddable[] = [];
    for (const record of rows.map(toRecord)) {
      if (record.memory.deletedAt !== undefined) continue;
      try {
        contents.push({ ...record.memory, content: await this.#contentOf(record, options) });
      } catch (error) {
        // One that is damaged must not hold up the others.
        if (!MemoryError.is(error, 'damaged')) throw error;
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
