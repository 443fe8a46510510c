import { MemoryError } from '../memory/errors.ts';
import type { Cli } from './cli.ts';
import { debug } from './log.ts';
import type { OpenStore, TerminalStore } from './openStore.ts';
import { counted, note, progress } from './output.ts';

/** What a command embeds before it ends; more is left to a window or to `edge-memory embed`. */
const AT_ONCE = 20;
const AT_ONCE_CHARACTERS = 100_000;
/** A memory of megabytes takes minutes: no command waits longer for what it did not come for. Milliseconds. */
const PATIENCE = { search: 3000, store: 20_000 } as const;
/** Few enough that Ctrl-C and the progress are prompt; in Cloudflare as many as one request embeds. */
const STEP = { local: 20, cloudflare: 100 } as const;

/** One after the other, the short ones first: what is done by then is kept. Answers how many memories still wait. */
const embedSome = async (cli: Cli, store: TerminalStore, patience: number): Promise<number> => {
  const late = AbortSignal.timeout(patience);
  const signal = AbortSignal.any([cli.signal, late]);
  try {
    let waiting = Infinity;
    for (let tried = 0; tried < AT_ONCE && waiting > 0; tried++)
      waiting = await store.embedPending(1, { signal });
    debug(cli, `embedded; ${waiting} still wait`);
    return waiting;
  } catch (error) {
    if (late.aborted && !cli.signal.aborted)
      return (await store.stats({ signal: cli.signal })).embedding.pending;
    // The memories are safe and found by keyword; a search says itself why it goes without meaning.
    if (!MemoryError.is(error)) throw error;
    debug(cli, `not embedded: ${error.message}`);
    return 0;
  }
};

/**
 * Makes what waits findable by meaning, as far as that is quick; answers how many memories still wait. In Cloudflare
 * nothing waits as a rule, and looking would cost a round trip.
 */
export const embedBeforeSearch = async (
  cli: Cli,
  { kind, store }: OpenStore,
  patience: number = PATIENCE.search,
): Promise<number> => (kind === 'local' ? embedSome(cli, store, patience) : 0);

/** Makes findable by meaning what was stored just now; in Cloudflare it is already. `characters`: of all its contents. */
export const embedStored = async (
  cli: Cli,
  open: OpenStore,
  memories: number,
  characters: number,
): Promise<void> => {
  if (memories === 0) return;
  if (open.kind === 'cloudflare') {
    // What stayed on this machine.
    if (open.here.written !== undefined) await embedSome(cli, open.here.written, PATIENCE.store);
  } else if (memories <= AT_ONCE && characters <= AT_ONCE_CHARACTERS)
    await embedSome(cli, open.store, PATIENCE.store);
  else
    note(
      'Found by keyword now; by meaning once an open window has worked through it, or after: edge-memory embed',
    );
};

/** Computes every vector that is missing, and shows how far it is. */
export const embedAll = async (
  cli: Cli,
  { kind, store }: OpenStore,
): Promise<{ readonly embedded: number; readonly pending: number }> => {
  const { pending } = (await store.stats({ signal: cli.signal })).embedding;
  let left = pending;
  for (let before = Infinity; left > 0 && left < before;) {
    progress(`${counted(left, 'memory', 'memories')} to go …`);
    before = left;
    left = await store.embedPending(STEP[kind], { signal: cli.signal });
  }
  progress('');
  return { embedded: Math.max(0, pending - left), pending: left };
};
