import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildUseLite } from '../../../../src/local/useLite/build/buildUseLite.ts';

let building: Promise<string> | undefined;

/** The folder with the converted weights, built once for this process and removed at its end. */
export const builtWeights = (): Promise<string> => (building ??= build());

async function build(): Promise<string> {
  const directory = path.join(tmpdir(), `edge-memory-use-lite-${process.pid}`);
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  await buildUseLite(directory);
  return directory;
}
