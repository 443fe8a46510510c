import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mainScript } from '../unit/cli/runCli.ts';
import type { CliOnCloudflare } from './cliFixture.ts';

/** Whether a terminal can be had for a command. */
export const hasScript = (): boolean =>
  process.platform === 'linux' &&
  spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0;

/** `edge-memory connect` by a person who types the token, and replies to the question that follows. */
export const connectAtTerminal = async (
  cloud: CliOnCloudflare,
  token: string,
  reply: string,
): Promise<{ code: number; printed: string }> => {
  const child = spawn('script', ['-qec', `'${process.execPath}' '${mainScript}' connect`, '/dev/null'], {
    env: { ...cloud.home.env, ...cloud.environment() },
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    if (chunk.includes('(not shown)')) child.stdin.write(`${token}\r`);
    if (chunk.includes('[y/N]')) child.stdin.end(reply);
  });
  const [code] = (await once(child, 'close')) as [number];
  assert.ok(!printed.includes(token), 'the token was shown');
  return { code, printed };
};
