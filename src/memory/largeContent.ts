import { MemoryError, type MemoryErrorCode } from './errors.ts';
import type { Memory } from './memory.ts';
import type { CallOptions, ObjectStore } from './ports.ts';
import type { MemoryRecord } from './records.ts';
import { utf8Length } from './text.ts';

/** A sign-in page of a proxy is an answer, too: what has another length is asked for once more. */
const ATTEMPTS = 2;

/** There is no such object. Content that is damaged otherwise may come right: something on the way may have answered. */
export class MissingContentError extends MemoryError {}

/** The content that lies in the record's object. Rejects with `damaged` where it is missing or has another length. */
export const readLargeContent = async (
  objects: Pick<ObjectStore, 'get'>,
  {
    memory,
    recordedSize,
  }: Pick<MemoryRecord, 'recordedSize'> & {
    readonly memory: Pick<Memory, 'contentHash'>;
  },
  key: string,
  options?: CallOptions,
): Promise<string> => {
  for (let attempt = 1; ; attempt++) {
    const content = await objects.get(key, options);
    if (content !== undefined && (recordedSize === 0 || utf8Length(content) === recordedSize)) return content;
    const damaged = content === undefined ? MissingContentError : MemoryError;
    if (attempt === ATTEMPTS || content === undefined)
      throw new damaged(
        'damaged',
        `The content of memory ${memory.contentHash.slice(0, 12)} ${content === undefined ? 'is missing from' : 'has another length in'} ${key}.`,
        'Run Verify to see what else is missing, or restore a backup.',
      );
  }
};

const UNREADABLE: ReadonlySet<MemoryErrorCode> = new Set([
  'damaged',
  // No place for objects is connected.
  'not-found',
  // The place of the objects alone: the records were read a moment ago.
  'unauthorized',
  'forbidden',
  'misconfigured',
  'service-failed',
]);

/** Whether it says that this content can't be read, rather than that nothing can for now. */
export const isUnreadable = (error: unknown): error is MemoryError =>
  MemoryError.is(error) && UNREADABLE.has(error.code);
