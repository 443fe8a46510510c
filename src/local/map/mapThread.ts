import { MemoryError } from '../../memory/errors.ts';
import type { CallOptions } from '../../memory/ports.ts';
import { CalledThread } from '../threadCalls.ts';
import type { Matrix } from './matrix.ts';

export type MapEvent =
  | { readonly kind: 'quick'; readonly positions: Float32Array }
  /** 0…1. */
  | { readonly kind: 'progress'; readonly done: number };

/** Places vectors on a map, in a thread of its own that begins with the first call. One call at a time. */
export class MapThread {
  readonly #thread: CalledThread;
  #onEvent: ((event: MapEvent) => void) | undefined;

  constructor(script: URL) {
    this.#thread = new CalledThread({
      script,
      onEvent: (event) => this.#onEvent?.(event as MapEvent),
      explainEnd: (cause) =>
        new MemoryError(
          'storage-failed',
          `The map could not be drawn: ${cause instanceof Error ? cause.message : String(cause)}.`,
          'Open the overview again. If this repeats, run Copy Diagnostics and report it.',
          { cause },
        ),
      explainClosed: () =>
        new MemoryError('storage-failed', 'The map was closed.', 'Open the overview again.'),
    });
  }

  /** An x and a y in -1…1 for each vector. */
  layOut(
    vectors: Matrix<Int8Array>,
    onEvent: (event: MapEvent) => void,
    options?: CallOptions,
  ): Promise<Float32Array> {
    this.#onEvent = onEvent;
    return this.#thread.call('layOut', [vectors], options);
  }

  /** The same for those without a place (NaN), beside their neighbours; the others stay where they are. */
  placeNew(
    vectors: Matrix<Int8Array>,
    positions: Float32Array,
    onEvent: (event: MapEvent) => void,
    options?: CallOptions,
  ): Promise<Float32Array> {
    this.#onEvent = onEvent;
    return this.#thread.call('placeNew', [vectors, positions], options);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
