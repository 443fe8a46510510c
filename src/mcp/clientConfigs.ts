import type { McpSettings } from './mcpContext.ts';
import { settingsOptions } from './settingsOptions.ts';

/** How a client starts the server over standard input and output. */
export interface ServerLaunch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The client's name, where its configuration lies, and what to put there. */
export interface ClientConfig {
  readonly name: string;
  /** A file, with `~` for the home folder and on Windows `%APPDATA%`; undefined for a command line. */
  readonly file: string | undefined;
  /** A whole JSON document to merge into that file, or a line to run in a terminal. */
  readonly text: string;
  /** Takes it back: a line to run. A JSON document is taken back by removing its entry. */
  readonly undo?: string;
}

/** What every client calls the server. */
export const SERVER = 'edge-memory';

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

const withEnv = ({ command, args, env }: ServerLaunch) => ({
  command,
  args,
  ...(Object.keys(env).length > 0 && { env }),
});

/** The shape that most clients took over from Claude Desktop. */
const mcpServers = (launch: ServerLaunch): string => json({ mcpServers: { [SERVER]: withEnv(launch) } });

const inFile =
  (name: string, file: string | ((platform: NodeJS.Platform) => string), text = mcpServers) =>
  (launch: ServerLaunch, platform: NodeJS.Platform): ClientConfig => ({
    name,
    file: typeof file === 'string' ? file : file(platform),
    text: text(launch),
  });

const claudeDesktopFile = (platform: NodeJS.Platform): string =>
  platform === 'win32'
    ? '%APPDATA%\\Claude\\claude_desktop_config.json'
    : platform === 'darwin'
      ? '~/Library/Application Support/Claude/claude_desktop_config.json'
      : '~/.config/Claude/claude_desktop_config.json';

const zedFile = (platform: NodeJS.Platform): string =>
  platform === 'win32' ? '%APPDATA%\\Zed\\settings.json' : '~/.config/zed/settings.json';

const quoted = (text: string, platform: NodeJS.Platform): string =>
  /^[\w./:=@-]+$/.test(text)
    ? text
    : platform === 'win32'
      ? `"${text}"`
      : `'${text.replaceAll("'", "'\\''")}'`;

/** Its own command edits a file that it also writes itself. */
const claudeCode = ({ command, args, env }: ServerLaunch, platform: NodeJS.Platform): ClientConfig => {
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  // `--env` takes all words up to the next option.
  const words = [...variables, '--scope', 'user', SERVER, '--', command, ...args];
  return {
    name: 'Claude Code',
    file: undefined,
    text: `claude mcp add ${words.map((word) => quoted(word, platform)).join(' ')}\n`,
    undo: `claude mcp remove --scope user ${SERVER}`,
  };
};

const configs = {
  'claude-desktop': inFile('Claude Desktop', claudeDesktopFile),
  'claude-code': claudeCode,
  cursor: inFile('Cursor', '~/.cursor/mcp.json'),
  windsurf: inFile('Windsurf', '~/.codeium/windsurf/mcp_config.json'),
  zed: inFile('Zed', zedFile, (launch) =>
    json({ context_servers: { [SERVER]: { source: 'custom', ...withEnv(launch) } } }),
  ),
  vscode: inFile('VS Code', '.vscode/mcp.json', (launch) =>
    json({ servers: { [SERVER]: { type: 'stdio', ...withEnv(launch) } } }),
  ),
  'mcp.json': inFile('Another client', '.mcp.json'),
} as const;

export type McpClientId = keyof typeof configs;

export const MCP_CLIENTS = Object.keys(configs) as readonly McpClientId[];

/** A ready configuration of the server `edge-memory` for a client on `platform`; holds no secret. */
export const clientConfig = (
  client: McpClientId,
  launch: ServerLaunch,
  platform: NodeJS.Platform,
): ClientConfig => configs[client](launch, platform);

export interface LaunchOptions {
  /** A file of memories on this machine, in place of the active store. */
  readonly database?: string | undefined;
  /** Named where it is not the one that every face uses by default. */
  readonly dataFolder?: string | undefined;
  /** What agents may do. */
  readonly settings?: McpSettings | undefined;
}

/**
 * Starts the launcher at the absolute path `launcher`. On Windows that is a batch file, which only cmd.exe can start.
 */
export const serverLaunch = (
  launcher: string,
  platform: NodeJS.Platform,
  { database, dataFolder, settings = {} }: LaunchOptions = {},
): ServerLaunch => {
  const args = ['mcp', ...settingsOptions(settings)];
  return {
    ...(platform === 'win32'
      ? { command: 'cmd.exe', args: ['/d', '/c', `${launcher}.cmd`, ...args] }
      : { command: launcher, args }),
    env: {
      ...(database !== undefined && { EDGE_MEMORY_DATABASE: database }),
      ...(dataFolder !== undefined && { EDGE_MEMORY_DATA_FOLDER: dataFolder }),
    },
  };
};
