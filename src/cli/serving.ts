import { MemoryError } from '../memory/errors.ts';
import { askedToEnd } from './askedToEnd.ts';
import type { Cli } from './cli.ts';
import { listen } from './listening.ts';
import { withStore } from './openStore.ts';
import { note } from './output.ts';
import { embedderWorker } from './packageInfo.ts';

const SHORTEST_KEY = 16;
const KEY = 'EDGE_MEMORY_API_KEY';

/** Serves the REST API on this machine until the process is asked to end. */
export const serveRest = async (cli: Cli, port: number, version: string): Promise<void> => {
  const key = keyOfEnvironment();
  const [{ closeServer, httpServer }, { createRestApi }] = await Promise.all([
    import('../mcp/httpServer.ts'),
    import('./rest/restApi.ts'),
  ]);
  await withStore(
    cli,
    async (store, { kind }) => {
      const onError = (error: unknown): void => note(`error: ${String(error)}`);
      const api = createRestApi({ store, backend: kind, version, key, onError });
      const server = httpServer((request) => Promise.resolve(api.fetch(request)));
      // Whoever reads where it listens may ask it to end at once.
      const ending = askedToEnd(cli.signal);
      const used = await listen(server, port, '--port');
      note(`Serving the memories on http://127.0.0.1:${used}/api. Ctrl-C ends it.`);
      await ending;
      await closeServer(server);
    },
    { background: true, embedderWorker: embedderWorker() },
  );
};

/** Undefined where none is set: every program of this machine may ask then. */
const keyOfEnvironment = (): string | undefined => {
  const key = process.env[KEY]?.trim() ?? '';
  if (key === '') return undefined;
  if (key.length >= SHORTEST_KEY) return key;
  throw new MemoryError(
    'misconfigured',
    `${KEY} has fewer than ${SHORTEST_KEY} characters.`,
    `Set a longer one, for example: export ${KEY}=$(openssl rand -hex 32)`,
  );
};
