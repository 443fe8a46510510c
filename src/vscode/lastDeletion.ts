/** What was deleted last in this window, wherever: Ctrl+Z brings it back, once. */
export class LastDeletion {
  #hashes: readonly string[] = [];

  remember(hashes: readonly string[]): void {
    this.#hashes = hashes;
  }

  /** It was undone elsewhere. */
  forget(hashes: readonly string[]): void {
    if (this.#hashes === hashes) this.#hashes = [];
  }

  take(): readonly string[] {
    const hashes = this.#hashes;
    this.#hashes = [];
    return hashes;
  }
}
