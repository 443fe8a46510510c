import { once } from 'node:events';

/** Resolves when the process is asked to end. */
export const askedToEnd = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await Promise.race([once(signal, 'abort'), once(process, 'SIGTERM')]);
};
