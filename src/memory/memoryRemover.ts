import { deleteBatch, purgeBatch, restoreBatch, selectDoomed } from './lifecycle.ts';
import type { CallOptions } from './ports.ts';
import { hashesOf, inGroups, type WriteContext } from './writeContext.ts';

/** Deletes memories, restores them, and removes them for good. */
export class MemoryRemover {
  readonly #context: WriteContext;

  constructor(context: WriteContext) {
    this.#context = context;
  }

  delete(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    return inGroups(contentHashes, options, (group) => this.#delete(group, options));
  }

  async #delete(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    const { sql, vectors } = this.#context.ports;
    const reads = vectors.deletionReads?.(contentHashes) ?? [];
    const rows = await this.#context.orUnsettled({ vectors: contentHashes }, () =>
      sql.write([...reads, ...deleteBatch(contentHashes, this.#context.seconds())], options),
    );
    const deleted = hashesOf(rows[reads.length]);
    if (deleted.length === 0) return [];
    await this.#context.removeVectors(deleted, rows.slice(0, reads.length), options);
    this.#context.changed();
    return deleted;
  }

  restore(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    return inGroups(contentHashes, options, (group) => this.#restore(group, options));
  }

  async #restore(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    const [before = []] = await this.#context.ports.sql.write(
      restoreBatch(contentHashes, this.#context.seconds()),
      options,
    );
    const restored = hashesOf(before);
    if (restored.length === 0) return [];
    this.#context.changed();
    if (this.#context.settings.embed === 'now') await this.#embedRestored(restored, options);
    return restored;
  }

  /** They are in line already: whatever fails now is made up for later. */
  async #embedRestored(restored: readonly string[], options?: CallOptions): Promise<void> {
    const isDone = await this.#context.queue.embed(restored, options).then(
      ({ unread }) => unread.size === 0,
      () => false,
    );
    if (!isDone) this.#context.events.waiting();
  }

  purge(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    return inGroups(contentHashes, options, (group) =>
      this.#context.inTurn(group, () => this.#purge(group, options)),
    );
  }

  async #purge(contentHashes: readonly string[], options?: CallOptions): Promise<string[]> {
    const { sql, vectors } = this.#context.ports;
    const [doomed = []] = await sql.read([selectDoomed(contentHashes)], options);
    const hashes = hashesOf(doomed);
    if (hashes.length === 0) return [];
    const objects = doomed.flatMap(({ r2_key: key }) => (typeof key === 'string' ? [key] : []));
    const reads = vectors.deletionReads?.(hashes) ?? [];
    const batch = purgeBatch(hashes);
    const forget = vectors.purgeStatements?.(hashes) ?? [];
    const rows = await this.#context.orUnsettled({ vectors: hashes, objects }, () =>
      sql.write([...reads, ...batch, ...forget], options),
    );
    const left = new Set(hashesOf(rows[reads.length + batch.length - 1]));
    const purged = doomed.filter((row) => !left.has(String(row['content_hash'])));
    await this.#context.removeVectors(hashesOf(purged), rows.slice(0, reads.length), options);
    await this.#context.removeObjects(
      purged.flatMap(({ r2_key: key }) => (typeof key === 'string' ? [key] : [])),
      options,
    );
    this.#context.changed();
    return hashesOf(purged);
  }
}
