import { MemoryError } from '../memory/errors.ts';
import type { ObjectStore } from '../memory/ports.ts';

/** Where no R2 bucket is connected: large content is refused with a message that says how to add one. */
export class NoObjectStore implements ObjectStore {
  refusal(): MemoryError {
    return new MemoryError(
      'too-large',
      'The memory is too large for a row of D1, and no R2 bucket is connected.',
      'Connect again and choose a bucket (R2 has to be enabled in the Cloudflare dashboard), or store it in parts.',
    );
  }

  put(): Promise<void> {
    return Promise.reject(this.refusal());
  }

  get(key: string): Promise<string | undefined> {
    return Promise.reject(
      new MemoryError(
        'not-found',
        `The content of this memory lies in R2 (${key}), and no bucket is connected.`,
        'Connect again and choose the bucket that holds it.',
      ),
    );
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }
}
