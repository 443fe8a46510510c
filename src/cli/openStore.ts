import type { CloudEnvironment } from '../cloudflare/environment.ts';
import type { LocalStore } from '../local/localStore.ts';
import { MemoryError } from '../memory/errors.ts';
import type { MemoryStore } from '../memory/memoryStore.ts';
import type { CallOptions } from '../memory/ports.ts';
import type { Cli } from './cli.ts';
import { inert } from './inertText.ts';
import { debug, info } from './log.ts';
import { dim, note } from './output.ts';
import { chooseStore, localChoice, type StoreChoice } from './storeChoice.ts';
import { StoreHere } from './storeHere.ts';

/** What every store of the terminal can do. */
export type TerminalStore = MemoryStore & Pick<LocalStore, 'embedPending'>;

/** The same store, for what depends on where it is. */
export type OpenStore =
  | { readonly kind: 'local'; readonly store: LocalStore }
  | {
      readonly kind: 'cloudflare';
      /** Less what stays on this machine. */
      readonly store: TerminalStore;
      readonly settings: CloudEnvironment;
      readonly here: StoreHere;
      /** Of its vectors. */
      readonly dimensions: number;
    };

type Closable<Open extends OpenStore = OpenStore> = Open & { close(): Promise<void> };
type OpenLocal = Extract<OpenStore, { kind: 'local' }>;

export interface Opening {
  /** For a process that stays: embedding in a thread of its own, backups, and an eye on what others write. */
  readonly background?: boolean;
  readonly embedderWorker?: URL;
}

const openLocal = async (
  cli: Cli,
  database: string,
  { background = false, embedderWorker }: Opening = {},
): Promise<Closable<OpenLocal>> => {
  const { openLocalStore } = await import('../local/openLocalStore.ts');
  debug(cli, `opening ${database}`);
  const { weightsDirectory } = cli;
  const store = await openLocalStore({ database, weightsDirectory, background, embedderWorker });
  info(cli, `Storage backend: local, in ${database}`);
  return { kind: 'local', store, close: () => store.close() };
};

const openChosen = async (cli: Cli, choice: StoreChoice, opening?: Opening): Promise<Closable> => {
  if (choice.kind === 'local') return openLocal(cli, choice.database, opening);
  const { dotEnv } = cli.variables();
  // A folder's file decides where memories go: whoever runs this in it should see so.
  if (dotEnv?.names.has('MCP_MEMORY_STORAGE_BACKEND'))
    note(dim(`Memories in Cloudflare, as ${dotEnv.file} says`));
  const [{ openCloud }, { DividedStore }] = await Promise.all([
    import('./openCloud.ts'),
    import('../memory/dividedStore.ts'),
  ]);
  const { settings, hybrid } = choice;
  const { store: there, close: closeCloud } = await openCloud(cli, settings, hybrid);
  const { database } = localChoice(cli);
  const here = new StoreHere(database, async () => {
    const { store } = await openLocal(cli, database, opening);
    noteWarnings(store);
    return store;
  });
  const divided = new DividedStore({ there, here: here.find, makeHere: here.make });
  const store = Object.assign(divided, {
    embedPending: (limit?: number, options?: CallOptions) => there.embedPending(limit, options),
  });
  const close = async () => {
    await here.close();
    await closeCloud();
  };
  return { kind: 'cloudflare', settings, store, here, dimensions: there.model.dimensions, close };
};

const noteWarnings = (store: MemoryStore): void => {
  store.onDidChange((event) => {
    if (event.kind === 'warning') note(`warning: ${inert(event.message)}`);
  });
};

const using = async <Open extends OpenStore>(
  cli: Cli,
  open: Closable<Open>,
  work: (open: Open) => Promise<void>,
): Promise<void> => {
  debug(cli, 'opened');
  try {
    noteWarnings(open.store);
    await work(open);
  } finally {
    await open.close();
    debug(cli, 'closed');
  }
};

/** Opens the store that the options, the environment and config.json choose for `work`, and closes it after. */
export const withStore = async (
  cli: Cli,
  work: (store: TerminalStore, open: OpenStore) => Promise<void>,
  opening?: Opening,
): Promise<void> =>
  using(cli, await openChosen(cli, await chooseStore(cli), opening), (open) => work(open.store, open));

/** The same for what only the store on this machine has: backups. */
export const withLocalStore = async (cli: Cli, work: (store: LocalStore) => Promise<void>): Promise<void> => {
  const choice = await chooseStore(cli);
  if (choice.kind !== 'local')
    throw new MemoryError(
      'invalid-input',
      'Backups are made of the memories on this machine only, and those in Cloudflare are in use.',
      'Add --local for the ones on this machine. D1 keeps a history of its own: npx wrangler d1 time-travel info DATABASE.',
    );
  await using(cli, await openLocal(cli, choice.database), ({ store }) => work(store));
};
