import type { SpawnOptions } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { exitOf, run } from './processes.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const places = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome', '/opt/chromium'];
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A Chromium or Chrome to drive: the one that CHROMIUM names, else an installed one, else (as root on Debian) Debian's. */
export async function findChromium(): Promise<string> {
  const named = process.env['CHROMIUM'];
  if (named !== undefined) {
    if (!isExecutable(named)) throw new Error(`CHROMIUM names ${named}, which is no program.`);
    return named;
  }
  const found = installed();
  if (found !== undefined) return found;
  if (isDebian() && process.getuid?.() === 0) {
    console.log("Installing Debian's Chromium");
    const options: SpawnOptions = {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'inherit'],
    };
    const patient = ['-o', 'DPkg::Lock::Timeout=300']; // another run may be installing it too
    await exitOf('apt-get', ['update', '-qq'], options);
    await run(
      'apt-get',
      [...patient, 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
      options,
    );
  }
  const fresh = installed();
  if (fresh === undefined) throw new Error(`The tests need Chromium. ${advice()}`);
  return fresh;
}

function installed(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...places];
  const candidates = folders
    .filter((folder) => path.isAbsolute(folder))
    .flatMap((folder) => names.map((name) => path.join(folder, name)));
  return [...candidates, ...applications].find(isExecutable);
}

function advice(): string {
  if (isDebian())
    return 'Run: sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium';
  return 'Install Chromium or Chrome, or set CHROMIUM to the path of one.';
}

/** Ubuntu's package of that name only fetches a snap, which can't write to the profiles of the tests. */
function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
