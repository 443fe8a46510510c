import { MemoryError } from '../memory/errors.ts';
import type { NewMemory, StoreOutcome } from '../memory/memory.ts';
import type { MemoryStore } from '../memory/memoryStore.ts';
import { memoryOfLine } from './jsonLines.ts';

/** A transaction; the characters bound what is held in memory. */
const BATCH = 1000;
const BATCH_BYTES = 8 * 1024 * 1024;

export interface RefusedLine {
  /** From 1. */
  readonly line: number;
  readonly error: string;
}

export type BulkResult = Record<StoreOutcome, number> & {
  readonly failed: RefusedLine[];
  /** Bytes of the lines that were read. */
  bytes: number;
};

interface NumberedMemory {
  readonly line: number;
  readonly memory: NewMemory;
}

const isRefusal = (error: unknown): error is MemoryError =>
  MemoryError.is(error, 'invalid-input') || MemoryError.is(error, 'too-large');

/** Stores all but the lines that are refused; they are found by halving, since all are checked before any is stored. */
const storeBatch = async (
  store: MemoryStore,
  batch: readonly NumberedMemory[],
  result: BulkResult,
  signal: AbortSignal,
): Promise<void> => {
  const [first] = batch;
  if (first === undefined) return;
  try {
    const memories = batch.map(({ memory }) => memory);
    for (const { outcome } of await store.storeMany(memories, { signal })) result[outcome] += 1;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (batch.length === 1) result.failed.push({ line: first.line, error: error.message });
    else {
      const middle = Math.ceil(batch.length / 2);
      await storeBatch(store, batch.slice(0, middle), result, signal);
      await storeBatch(store, batch.slice(middle), result, signal);
    }
  }
};

/**
 * Stores the memories of JSON lines as they come. `result` is kept up to date, so that it is true when this throws;
 * `onBatch` is called after each transaction.
 */
export const storeLines = async (
  store: MemoryStore,
  lines: AsyncIterable<Uint8Array>,
  defaults: Omit<NewMemory, 'content'>,
  result: BulkResult,
  options: { readonly signal: AbortSignal; readonly onBatch: () => void },
): Promise<void> => {
  let batch: NumberedMemory[] = [];
  let batchBytes = 0;
  const flush = async () => {
    await storeBatch(store, batch, result, options.signal);
    batch = [];
    batchBytes = 0;
    options.onBatch();
  };
  let line = 0;
  for await (const bytes of lines) {
    line += 1;
    result.bytes += bytes.length;
    batchBytes += bytes.length;
    try {
      const memory = memoryOfLine(bytes, defaults);
      if (memory !== undefined) batch.push({ line, memory });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      result.failed.push({ line, error: error.message });
    }
    if (batch.length >= BATCH || batchBytes >= BATCH_BYTES) await flush();
  }
  await flush();
  result.failed.sort((a, b) => a.line - b.line);
};
