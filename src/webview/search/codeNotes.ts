import type { CodeNote } from '../../shared/searchProtocol.ts';

type Ask = (hashes: readonly string[]) => Promise<readonly CodeNote[]>;

/** Scrolling and typing rest this long before files are looked at. Milliseconds. */
const LOOK_AFTER = 120;

/** What has become of the code that memories in sight were made from: asked for once they are drawn. */
export class CodeNotes {
  readonly #askFor: Ask;
  readonly #changed: () => void;
  readonly #notes = new Map<string, CodeNote>();
  readonly #asked = new Set<string>();
  #inSight: readonly string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #times = 0;

  constructor(askFor: Ask, changed: () => void) {
    this.#askFor = askFor;
    this.#changed = changed;
  }

  /** Undefined where the code is as it was, or nothing is known of it. */
  of(hash: string): CodeNote | undefined {
    return this.#notes.get(hash);
  }

  /** These memories are in sight: what is not known of them yet is asked for soon. */
  look(hashes: readonly string[]): void {
    this.#inSight = hashes;
    clearTimeout(this.#timer);
    if (hashes.some((hash) => !this.#asked.has(hash)))
      this.#timer = setTimeout(() => void this.#ask(), LOOK_AFTER);
  }

  /** Files or memories are others. What was said stands until it is said anew. */
  forget(): void {
    this.#times++;
    this.#asked.clear();
  }

  async #ask(): Promise<void> {
    const hashes = this.#inSight.filter((hash) => !this.#asked.has(hash));
    for (const hash of hashes) this.#asked.add(hash);
    const times = this.#times;
    // What can't be told is not said; a search says what is the matter.
    const notes = await this.#askFor(hashes).catch(() => undefined);
    if (notes === undefined || times !== this.#times) return;
    const before = this.#textOf(hashes);
    for (const hash of hashes) this.#notes.delete(hash);
    for (const note of notes) this.#notes.set(note.hash, note);
    if (this.#textOf(hashes) !== before) this.#changed();
  }

  #textOf(hashes: readonly string[]): string {
    return JSON.stringify(hashes.map((hash) => this.#notes.get(hash)));
  }
}
