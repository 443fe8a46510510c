/** Bytes of a request: a memory may have 16 MiB, which JSON may double. */
export const LONGEST_MESSAGE = 40 * 1024 * 1024;
