import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Emulator } from '../emulator/emulator.ts';

const run = promisify(execFile);
const command = path.join(
  path.dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin/wrangler.js',
);

/** The wrangler command in a folder of its own, with the emulator for Cloudflare. */
export class Wrangler {
  /** Its working and home folder. */
  readonly folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(folder: string, emulator: Emulator, token: string) {
    this.folder = folder;
    this.#environment = {
      PATH: process.env['PATH'],
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      CI: '1',
      NO_COLOR: '1',
      WRANGLER_SEND_METRICS: 'false',
      CLOUDFLARE_API_BASE_URL: emulator.baseUrl,
      CLOUDFLARE_API_TOKEN: token,
      CLOUDFLARE_ACCOUNT_ID: emulator.accountId,
    };
  }

  static async create(emulator: Emulator, token = emulator.token): Promise<Wrangler> {
    return new Wrangler(await mkdtemp(path.join(tmpdir(), 'wrangler-')), emulator, token);
  }

  /** What it prints; rejects with its output where it fails. */
  async run(...parameters: readonly string[]): Promise<string> {
    const options = { cwd: this.folder, env: this.#environment, maxBuffer: 1e8 };
    try {
      return (await run(process.execPath, [command, ...parameters], options)).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`wrangler ${parameters.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
    }
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
