/** Why an operation on memories failed, in the words that every face translates once. */
export type MemoryErrorCode =
  | 'invalid-input'
  | 'not-found'
  | 'too-large'
  | 'conflict'
  | 'storage-full'
  | 'read-only'
  | 'busy'
  | 'damaged'
  | 'newer-version'
  | 'unsupported-location'
  | 'unsupported-runtime'
  | 'embedding-failed'
  /** The embedding server does not take its key. */
  | 'embedding-unauthorized'
  | 'storage-failed'
  /** The token is missing, wrong, expired or revoked. */
  | 'unauthorized'
  /** The token is good, but may not do this. */
  | 'forbidden'
  /** A database, index, bucket, model or address of the settings is missing or does not fit. */
  | 'misconfigured'
  /** Called too often; waiting helps. */
  | 'rate-limited'
  /** A limit of the plan, daily or for good. */
  | 'limit-reached'
  /** No connection, or no answer. */
  | 'offline'
  /** The other side failed or answered what it never should. */
  | 'service-failed';

/** An error that a person can act on: what happened, to what (`message`), and what to do next (`nextStep`). */
export class MemoryError extends Error {
  override readonly name = 'MemoryError';
  readonly code: MemoryErrorCode;
  readonly nextStep: string;

  constructor(code: MemoryErrorCode, message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.nextStep = nextStep;
  }

  static is(error: unknown, code?: MemoryErrorCode): error is MemoryError {
    return error instanceof MemoryError && (code === undefined || error.code === code);
  }
}
