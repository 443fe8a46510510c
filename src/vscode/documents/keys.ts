import type { Memento } from 'vscode';
import { isNew } from './memoryUri.ts';

const STATE = 'edgeMemory.documents';
/** More than anybody has open. */
const KEPT = 200;

/**
 * Which memory stands behind the key of a document's URI by now. Kept for the next window too: versions that were
 * edited away may have been removed for good meanwhile, and a new memory has no hash to begin with.
 */
export class SessionKeys {
  readonly #state: Memento;
  readonly #hashes: Map<string, string>;

  constructor(state: Memento) {
    this.#state = state;
    this.#hashes = new Map(state.get<[string, string][]>(STATE, []));
  }

  /** Undefined for a memory that is not stored yet. */
  hashOf(key: string): string | undefined {
    return this.#hashes.get(key) ?? (isNew(key) ? undefined : key);
  }

  set(key: string, hash: string): void {
    if (this.hashOf(key) === hash) return;
    this.#hashes.delete(key);
    this.#hashes.set(key, hash);
    void this.#state.update(STATE, [...this.#hashes].slice(-KEPT));
  }
}
