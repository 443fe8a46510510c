import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import type { McpContext } from '../../mcp/mcpContext.ts';
import { MemoryError } from '../../memory/errors.ts';
import { agentCli } from '../agentCli.ts';
import { addAgentOptions, type AgentOptions, agentSettingsOf } from '../agentOptions.ts';
import { askedToEnd } from '../askedToEnd.ts';
import type { Cli } from '../cli.ts';
import { currentProject } from '../currentProject.ts';
import { LazyStore } from '../lazyStore.ts';
import { listen } from '../listening.ts';
import { LONGEST_MESSAGE } from '../../mcp/longestMessage.ts';
import { port } from '../options.ts';
import { note } from '../output.ts';
import { readableFolder } from '../readableFolder.ts';
import { recordActs } from '../recordActs.ts';
import { localChoice } from '../storeChoice.ts';

interface McpOptions extends AgentOptions {
  readonly http?: number;
  readonly project?: string;
  readonly workspace?: readonly string[];
}

const TOKEN = 'EDGE_MEMORY_MCP_TOKEN';
const SHORTEST_TOKEN = 16;

const HELP = `
Without --http it speaks over standard input and output, as clients start it:
  {"mcpServers": {"edge-memory": {"command": "edge-memory", "args": ["mcp"]}}}

Over HTTP it listens on this machine only, at /mcp, for clients that send
"Authorization: Bearer TOKEN", where TOKEN is what ${TOKEN} holds.`;

export const addMcpCommand = (program: Command, cli: Cli): void => {
  const command = program
    .command('mcp')
    .description('Serve the memories to AI agents (Model Context Protocol)')
    .option('--http <port>', 'over HTTP on this machine (0: any free port)', port)
    .option(
      '--project <name>',
      'the current project (or EDGE_MEMORY_PROJECT); default: the git repository here',
    )
    .option(
      '--workspace <folder>',
      'the folder whose files agents may ingest, default: here; repeat it for several',
      (folder: string, before: readonly string[] | undefined) => [...(before ?? []), folder],
    );
  addAgentOptions(command)
    .addHelpText('after', HELP)
    .action(async (options: McpOptions) => {
      const serving = new LazyStore(agentCli(cli));
      const context = await contextOf(cli, program.version() ?? '', options);
      await (options.http === undefined
        ? serveStdio(cli, serving, context)
        : serveHttp(cli, serving, context, options.http));
    });
};

const contextOf = async (cli: Cli, version: string, options: McpOptions): Promise<McpContext> => {
  const here = process.cwd();
  // Desktop clients start servers in the home folder or at the root, which are no workspace.
  const folders = options.workspace ?? ([homedir(), path.parse(here).root].includes(here) ? [] : [here]);
  const isWorkspace = options.workspace !== undefined;
  const [first = here] = folders;
  for (const folder of options.workspace ?? []) await checkFolder(folder);
  const { WorkspaceFiles } = await import('../../mcp/workspaceFiles.ts');
  const readable = folders.map((folder, i) =>
    readableFolder(folder, i === 0 ? options.project : undefined, isWorkspace),
  );
  return {
    version,
    client: 'mcp',
    ...currentProject(first, options.project, isWorkspace),
    settings: await agentSettingsOf(options),
    ...(readable.length > 0 && { files: new WorkspaceFiles(readable) }),
    ...recordActs(path.dirname(localChoice(cli).database)),
  };
};

/** One that is not there would still give its name to a project. */
const checkFolder = async (folder: string): Promise<void> => {
  if ((await stat(folder).catch(() => undefined))?.isDirectory()) return;
  throw new MemoryError(
    'invalid-input',
    `--workspace names ${folder}, which is no folder, or can not be read.`,
    'Name a folder that exists, or leave the option out.',
  );
};

const serveStdio = async (cli: Cli, serving: LazyStore, context: McpContext): Promise<void> => {
  const [{ serveStdio: serve, StdioServerTransport }, { createServer }] = await Promise.all([
    import('@modelcontextprotocol/server/stdio'),
    import('../../mcp/createServer.ts'),
  ]);
  const transport = new StdioServerTransport(process.stdin, process.stdout, {
    maxBufferSize: LONGEST_MESSAGE,
  });
  const ended = Promise.race([
    once(process.stdin, 'end'),
    once(process.stdin, 'close'),
    askedToEnd(cli.signal),
  ]);
  const handle = serve(() => createServer(serving.open, context), {
    transport,
    onerror: (error) => note(`mcp: ${error.message}`),
  });
  await ended;
  await handle.close();
  await serving.close();
  process.stdin.destroy();
};

const serveHttp = async (cli: Cli, serving: LazyStore, context: McpContext, port: number): Promise<void> => {
  const token = process.env[TOKEN] ?? '';
  if (token.length < SHORTEST_TOKEN)
    throw new MemoryError(
      'misconfigured',
      `Serving over HTTP needs a token of at least ${SHORTEST_TOKEN} characters in ${TOKEN}.`,
      `Set it, for example: export ${TOKEN}=$(openssl rand -hex 32)`,
    );
  const [http, { createServer }] = await Promise.all([
    import('../../mcp/serveHttp.ts'),
    import('../../mcp/createServer.ts'),
  ]);
  const { server, close } = http.serveHttp(
    (client) => createServer(serving.open, { ...context, client: client ?? context.client }),
    token,
  );
  // Whoever reads where it listens may ask it to end at once.
  const ending = askedToEnd(cli.signal);
  note(`Listening on http://127.0.0.1:${await listen(server, port, '--http')}/mcp`);
  await ending;
  await close();
  await serving.close();
};
