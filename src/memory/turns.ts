/** Lets actions that share a name follow one another, in the order in which they came; others run at once. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(names: readonly string[], action: () => Promise<T>): Promise<T> {
    // All names at once, so that no two actions ever wait for each other.
    const turn = Promise.allSettled(names.flatMap((name) => this.#last.get(name) ?? [])).then(action);
    for (const name of names) this.#last.set(name, turn);
    try {
      return await turn;
    } finally {
      for (const name of names) if (this.#last.get(name) === turn) this.#last.delete(name);
    }
  }
}
