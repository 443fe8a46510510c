import type { SqlRow, SqlStatement } from '../memory/ports.ts';
import { CHUNKS_KEY, INDEX_KEY, SPACE_KEY } from './metaKeys.ts';

/** What a database says of its index; read beside what is asked anyhow. */
export const readIndexMeta: SqlStatement = {
  sql: `SELECT key, value FROM em_meta WHERE key IN ('${CHUNKS_KEY}', '${SPACE_KEY}', '${INDEX_KEY}')`,
};

/** In SQL, whether the index is the one that it was when it was opened; takes `PresentIndex.params`. */
export const IS_CURRENT = `EXISTS (SELECT 1 FROM em_meta WHERE key = '${SPACE_KEY}' AND value = ?)
  AND coalesce((SELECT value FROM em_meta WHERE key = '${INDEX_KEY}'), '') = ?`;

/** Which index a database had when it was opened: another one may be rebuilt elsewhere, and take its place. */
export class PresentIndex {
  readonly params: readonly [space: string, recorded: string];
  readonly #onOutdated: (() => void) | undefined;
  #isOutdated = false;

  /** `recorded`: the name that the database had recorded; none before it is rebuilt. */
  constructor(space: string, recorded = '', onOutdated?: () => void) {
    this.params = [space, recorded];
    this.#onOutdated = onOutdated;
  }

  /** Whether there is a second index, by the rows of `readIndexMeta`; of another index it is not told. */
  hasChunks(meta: readonly SqlRow[]): boolean {
    const values = new Map(meta.map(({ key, value }) => [key, value]));
    const [space, recorded] = this.params;
    if ((values.get(SPACE_KEY) ?? space) === space && (values.get(INDEX_KEY) ?? '') === recorded)
      return values.has(CHUNKS_KEY);
    this.becomeOutdated();
    return false;
  }

  becomeOutdated(): void {
    if (this.#isOutdated) return;
    this.#isOutdated = true;
    this.#onOutdated?.();
  }
}
