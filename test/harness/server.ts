import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { endWithThisProcess } from './processes.ts';
import type { Profile } from './profile.ts';

export interface ServerOptions {
  /** code-server's script, see installCodeServer(). */
  readonly entry: string;
  readonly profile: Profile;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Added to the environment of the extension host. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether folders start out untrusted, as on the desktop; with the trust settings of the profile. */
  readonly workspaceTrust?: boolean;
  /** The display language, for which the profile has a language pack; English by default. */
  readonly language?: string | undefined;
  /**
   * Makes a built VS Code heed `extensionTestsPath` in the payload of its address; but it suppresses notification
   * toasts, so tests of the interface leave it off.
   */
  readonly smokeTestDriver?: boolean;
}

/** What the workbench opens. Files of the server are named by plain paths. */
export interface WorkbenchAddress {
  readonly folder?: string;
  readonly payload?: Readonly<Record<string, string>>;
}

/** VS Code's server on the loopback interface, with a process group of its own. */
export class Server {
  readonly port: number;
  readonly exited: Promise<unknown>;
  /** The end of what it printed, its extension host's failures too. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
  /** As when it crashes. Linux only. */
  readonly killExtensionHost: () => Promise<void>;

  constructor(port: number, started: Pick<Server, 'exited' | 'output' | 'stop' | 'killExtensionHost'>) {
    this.port = port;
    this.exited = started.exited;
    this.output = started.output;
    this.stop = started.stop;
    this.killExtensionHost = started.killExtensionHost;
  }

  address({ folder, payload }: WorkbenchAddress): string {
    const url = new URL(`http://127.0.0.1:${this.port}/`);
    if (folder === undefined) url.searchParams.set('ew', 'true');
    else url.searchParams.set('folder', folder);
    if (payload !== undefined) url.searchParams.set('payload', JSON.stringify(Object.entries(payload)));
    return url.href;
  }

  /** How the workbench names a file of the server: its remote authority is the page's host. */
  remoteUri(file: string): string {
    return `vscode-remote://127.0.0.1:${this.port}${path.resolve(file)}`;
  }
}

/** Installs a VSIX into the profile; no server needs to run. */
export async function installVsix(entry: string, profile: Profile, vsix: string): Promise<void> {
  const args = [entry, ...(await profileArgs(profile)), '--install-extension', path.resolve(vsix), '--force'];
  await promisify(execFile)(process.execPath, args, { env: environment(profile) });
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const { entry, profile } = options;
  const args = [
    ...[
      entry,
      ...(await profileArgs(profile)),
      '--bind-addr',
      `127.0.0.1:${options.port ?? 0}`,
      '--auth',
      'none',
    ],
    ...[
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      '--disable-proxy',
    ],
    '--ignore-last-opened',
    ...(options.language === undefined ? [] : ['--locale', options.language]),
    ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
    ...['--vscode-option', 'force-disable-user-env'], // else it runs a login shell to learn the environment
    ...(options.smokeTestDriver === true ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
  const child = spawn(process.execPath, args, {
    cwd: profile.folder,
    env: environment(profile, options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own: ending it ends the extension host too, and nothing else
  });
  const killGroup = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };
  const forget = endWithThisProcess(() => killGroup('SIGKILL'));
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    const force = setTimeout(() => killGroup('SIGKILL'), 5000);
    killGroup('SIGTERM');
    await exited;
    clearTimeout(force);
    killGroup('SIGKILL'); // what may be left of the extension host's children
    forget();
  };
  let text = '';
  const listening = new Promise<number>((resolve) => {
    const read = (chunk: Buffer): void => {
      text = (text + chunk.toString()).slice(-10_000);
      const port = /HTTP server listening on http:\/\/[^:]+:(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, 60_000).unref());
  const port = await Promise.race([listening, exited, timeout]);
  const killExtensionHost = async (): Promise<void> => {
    for (const pid of await processesOfGroup(child.pid, '--type=extensionHost')) process.kill(pid, 'SIGKILL');
  };
  if (typeof port === 'number')
    return new Server(port, { exited, output: () => text, stop, killExtensionHost });
  await stop();
  throw new Error(`VS Code's server did not start:\n${text}`);
}

/** The processes of a group that were started with this argument (proc(5): the group is the third field after the name). */
async function processesOfGroup(group: number | undefined, argument: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
        const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
        const own = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
        return own === group && args.includes(argument) ? [Number(pid)] : [];
      } catch {
        return []; // it has ended meanwhile
      }
    }),
  );
  return found.flat();
}

async function profileArgs(profile: Profile): Promise<string[]> {
  const config = path.join(profile.folder, 'code-server.yaml');
  await writeFile(config, 'auth: none\ncert: false\n');
  return ['--config', config, '--user-data-dir', profile.userData, '--extensions-dir', profile.extensions];
}

/** The profile's own HOME; without the variables of an editor, npm or Cloudflare that this process may have been started with. */
function environment(profile: Profile, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const foreign =
    /^(VSCODE_|ELECTRON_|CODE_SERVER_|CS_|npm_|CLOUDFLARE_|MCP_MEMORY_|PORT$|PASSWORD$|HASHED_PASSWORD$|NODE_OPTIONS$)/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(own),
    HOME: profile.home,
    TMPDIR: profile.temporary,
    XDG_CONFIG_HOME: path.join(profile.home, '.config'),
    XDG_DATA_HOME: path.join(profile.home, '.local/share'),
    XDG_CACHE_HOME: path.join(profile.home, '.cache'),
    XDG_RUNTIME_DIR: profile.temporary,
    EXTENSIONS_GALLERY: '{}', // asks no marketplace
    ...extra,
  };
}
