import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const searchProgram = `
  const { readdirSync, readFileSync, statSync } = require('node:fs');
  const [folder, text] = process.argv.slice(1);
  for (const name of readdirSync(folder, { recursive: true })) {
    try {
      const file = require('node:path').join(folder, name);
      if (statSync(file).isFile() && readFileSync(file).includes(text)) console.log(name);
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }`;

/**
 * Files below a folder that hold a text, as they are on the disk. Searched by another process: one that closes a
 * SQLite file gives up all its locks on it (https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
 */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', searchProgram, folder, text], {
    env,
  });
  return stdout.split('\n').filter((name) => name !== '');
}
