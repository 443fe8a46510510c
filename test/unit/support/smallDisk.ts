import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface SmallDisk {
  path(...names: readonly string[]): string;
  /** Fills it up, but for so many bytes. */
  fill(leave?: number): void;
  /** Frees what `fill` took. */
  free(): void;
}

/** A real disk of that size, for each test a new one; the suite is skipped where this user may not mount any. */
export const smallDisk = (bytes: number): SmallDisk => {
  let folder = '';
  const filler = () => path.join(folder, 'filler');
  const mount = (): boolean => {
    folder = mkdtempSync(path.join(tmpdir(), 'edge-memory-disk-'));
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
    if (status !== 0) rmdirSync(folder);
    return status === 0;
  };
  const unmount = (): void => {
    spawnSync('umount', ['-l', folder]);
    rmdirSync(folder);
  };
  before(function () {
    if (process.platform !== 'linux' || !mount()) this.skip(); // needs the right to mount a tmpfs
    unmount();
  });
  beforeEach(() => void mount());
  afterEach(() => unmount());
  return {
    path: (...names) => path.join(folder, ...names),
    fill(leave = 0) {
      const { bavail, bsize } = statfsSync(folder);
      const descriptor = openSync(filler(), 'a');
      const block = Buffer.alloc(Math.max(0, bavail * bsize - leave));
      writeSync(descriptor, block);
      closeSync(descriptor);
    },
    free: () => rmSync(filler(), { force: true }),
  };
};
