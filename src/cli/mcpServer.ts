import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { chosenDataFolder } from './dataFolder.ts';
import { readWindowRecords } from '../local/windowRecords.ts';
import type { McpContext, McpSettings } from '../mcp/mcpContext.ts';
import type { Cli } from './cli.ts';
import { currentProject } from './currentProject.ts';
import { LazyStore } from './lazyStore.ts';
import { LONGEST_MESSAGE } from '../mcp/longestMessage.ts';
import { note } from './output.ts';
import { packageRoot, packageVersion } from './packageInfo.ts';
import { readableFolder } from './readableFolder.ts';
import { recordActs } from './recordActs.ts';
import type { Peer } from './relay/peer.ts';
import { Relay } from './relay/relay.ts';
import { windowPeer } from './relay/windowPeer.ts';
import { windowsFor } from './relay/windowsFor.ts';

/**
 * What an editor starts for its agents, with what is no secret on its command line: an MCP server over stdio that
 * hands each message to a window that serves this memory, best to one of the same workspace, and where none runs
 * answers itself.
 */

const { values: given } = parseArgs({
  options: {
    workspace: { type: 'string', multiple: true },
    project: { type: 'string' },
    'only-project': { type: 'boolean' },
    'read-only': { type: 'boolean' },
    'older-names': { type: 'boolean' },
    'confirm-stores': { type: 'boolean' },
    disable: { type: 'string', multiple: true },
  },
});

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
// Node 22 warns at each start that its SQLite is experimental.
process.removeAllListeners('warning').on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') note(`${warning.name}: ${warning.message}`);
});
// The client went away.
process.stdout.on('error', () => process.exit());

const cli: Cli = {
  options: () => ({}),
  // The workspace's .env is another's: it leads nobody's memories elsewhere.
  variables: () => ({ values: process.env, dotEnv: undefined }),
  signal: interruption.signal,
  weightsDirectory: fileURLToPath(new URL('dist/use-lite', packageRoot)),
};

const database = process.env['EDGE_MEMORY_DATABASE'];
const dataFolder = database ? path.dirname(path.resolve(database)) : chosenDataFolder();
const { workspace: folders = [] } = given;

const settings: McpSettings = {
  readOnly: given['read-only'],
  olderNames: given['older-names'],
  onlyProject: given['only-project'],
  disabledTools: given.disable?.flatMap((names) => names.split(',')),
  confirmStores: given['confirm-stores'],
};

const contextOf = async (): Promise<McpContext> => {
  const { WorkspaceFiles } = await import('../mcp/workspaceFiles.ts');
  const [first] = folders;
  const readable = folders.map((folder, i) =>
    readableFolder(folder, i === 0 ? given.project : undefined, true),
  );
  return {
    version: packageVersion(),
    client: relay.client ?? 'mcp',
    ...(first !== undefined && currentProject(first, given.project, true)),
    // The window decides whether memories are given to a project.
    project: given.project,
    settings,
    ...recordActs(dataFolder),
    ...(readable.length > 0 && { files: new WorkspaceFiles(readable) }),
  };
};

const store = new LazyStore(cli);
let own: Promise<Peer> | undefined;

async function* peers(): AsyncGenerator<Peer> {
  for (const window of windowsFor(folders, await readWindowRecords(dataFolder))) yield windowPeer(window);
  own ??= import('./relay/ownPeer.ts').then(({ ownPeer }) => ownPeer(store, contextOf));
  yield await own;
}

const transport = new StdioServerTransport(process.stdin, process.stdout, { maxBufferSize: LONGEST_MESSAGE });
const relay = new Relay({ transport, peers, origin: { folders, project: given.project, settings } });
transport.onerror = (error) => note(`mcp: ${error.message.replace(/\s+/g, ' ').slice(0, 200)}`);
const ended = [once(process.stdin, 'end'), once(process.stdin, 'close'), once(cli.signal, 'abort')];
await transport.start();
await Promise.race(ended);
relay.close();
await store.close();
await transport.close();
process.stdin.destroy();
