import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { builtExtension } from './extension.ts';
import { nodeFirst } from './processes.ts';

/** Enough to look around in. */
const memories = [
  { content: 'Deploys go out on Tuesdays, after the smoke test on staging', tags: 'release,deploy' },
  { content: 'The staging database listens on port 5433, not 5432', tags: 'database,staging' },
  { content: 'Use WAL mode for the SQLite journal: readers never wait for the writer', tags: 'sqlite' },
  { content: 'We chose D1 over Postgres: one account, no server to look after', tags: 'database,decision' },
  { content: 'Retries honour retry-after, with full jitter', tags: 'http,convention' },
];

/** Connects the memory below a HOME to the account of these CLOUDFLARE_* variables, and stores a few memories there. */
export async function connectHome(home: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const cli = path.join(await builtExtension(), 'dist/cli.js');
  const run = async (args: readonly string[], input = ''): Promise<void> => {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: home,
      env: { ...nodeFirst(), ...variables, HOME: home, USERPROFILE: home },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stdin.end(input);
    await once(child, 'close');
    if (child.exitCode !== 0) throw new Error(`edge-memory ${args.join(' ')} failed: ${said}`);
  };
  await run(['connect', '--yes']);
  await run(['store', '--jsonl', '-'], memories.map((memory) => JSON.stringify(memory)).join('\n'));
}
