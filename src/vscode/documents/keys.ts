import type { Memento } from 'vscode';
import { hashIn, isVersion } from './memoryUri.ts';

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
    return this.#hashes.get(key) ?? hashIn(key);
  }

  /** False for one that shows a version which somebody looks up: not what that was edited to. */
  follows(key: string): boolean {
    return !isVersion(key) || this.#hashes.has(key);
  }

  set(key: string, hash: string): void {
    if (this.#hashes.get(key) === hash) return;
    this.#hashes.delete(key);
    this.#hashes.set(key, hash);
    this.#keep();
  }

  /** From now on the key stands for the hash that it names. */
  forget(key: string): void {
    if (this.#hashes.delete(key)) this.#keep();
  }

  #keep(): void {
    void this.#state.update(STATE, [...this.#hashes].slice(-KEPT));
  }
}
