import { MemoryError } from '../memory/errors.ts';
import type { Cli } from './cli.ts';
import { debug } from './log.ts';
import type { OpenStore, TerminalStore } from './openStore.ts';
import { counted, note, progress } from './output.ts';

/** What a command embeds before it ends; more is left to a window or to `edge-memory embed`. */
const AT_ONCE = 20;
const AT_ONCE_CHARACTERS = 100_000;
/** Few enough that Ctrl-C and the progress are prompt; in Cloudflare as many as one request embeds. */
const STEP = { local: 20, cloudflare: 100 } as const;

const embedSome = async (cli: Cli, store: TerminalStore): Promise<number> => {
  try {
    const waiting = await store.embedPending(AT_ONCE, { signal: cli.signal });
    debug(cli, `embedded; ${waiting} still wait`);
    return waiting;
  } catch (error) {
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
export const embedBeforeSearch = async (cli: Cli, { kind, store }: OpenStore): Promise<number> =>
  kind === 'local' ? embedSome(cli, store) : 0;

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
    if (open.here.written !== undefined) await embedSome(cli, open.here.written);
  } else if (memories <= AT_ONCE && characters <= AT_ONCE_CHARACTERS) await embedSome(cli, open.store);
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
