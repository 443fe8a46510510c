import type { NewMemory } from '../../memory/memory.ts';

/** Something on this machine that holds what could be remembered. Nothing of it is changed. */
export interface FoundSource {
  readonly name: string;
  /** Where it is, for a person; undefined where its name says so. */
  readonly place: string | undefined;
  readonly icon: string;
  readonly count: number;
  /** The first few. */
  readonly examples: readonly NewMemory[];
  /** All of them, in batches. */
  batches(): Iterable<readonly NewMemory[]> | AsyncIterable<readonly NewMemory[]>;
}
