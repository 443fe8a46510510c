import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultDataFolder, launcherFolderIn } from '../local/paths.ts';

export interface Launcher {
  /** `bin` within it holds the command. */
  readonly dataFolder: string;
  /** Absolute path of the bundled terminal command. */
  readonly cliScript: string;
  /** Absolute path of Node, or of an Electron that serves as Node. */
  readonly nodeExecutable: string;
}

const ADVICE =
  'edge-memory: its editor has moved or was removed. Start the editor once to repair this command.';

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Programs that no editor started don't know of another folder than the usual one. */
const named = (dataFolder: string): boolean => dataFolder !== defaultDataFolder();

const shellFolder = (dataFolder: string): string =>
  named(dataFolder)
    ? `if [ -z "$EDGE_MEMORY_DATA_FOLDER" ]; then
  EDGE_MEMORY_DATA_FOLDER=${shellQuoted(dataFolder)}
  export EDGE_MEMORY_DATA_FOLDER
fi
`
    : '';

export const shellScript = ({ dataFolder, nodeExecutable, cliScript }: Launcher): string => `#!/bin/sh
# Written by Edge Memory whenever the editor starts.
node=${shellQuoted(nodeExecutable)}
script=${shellQuoted(cliScript)}
if [ ! -x "$node" ] || [ ! -f "$script" ]; then
  echo '${ADVICE}' >&2
  exit 3
fi
ELECTRON_RUN_AS_NODE=1
export ELECTRON_RUN_AS_NODE
${shellFolder(dataFolder)}exec "$node" "$script" "$@"
`;

/** A quoted path in a batch file: only `%` keeps a meaning there, and a path holds no quotation mark. */
const batchQuoted = (text: string): string => `"${text.replaceAll('%', '%%')}"`;

export const batchScript = ({ dataFolder, nodeExecutable, cliScript }: Launcher): string => {
  const folder = `EDGE_MEMORY_DATA_FOLDER=${dataFolder}`;
  return [
    '@echo off',
    'rem Written by Edge Memory whenever the editor starts.',
    'setlocal disabledelayedexpansion',
    // Batch files are read in the console's code page.
    ...(/^[\0-\x7f]*$/.test(dataFolder + nodeExecutable + cliScript) ? [] : ['chcp 65001 >nul']),
    `if not exist ${batchQuoted(nodeExecutable)} goto moved`,
    `if not exist ${batchQuoted(cliScript)} goto moved`,
    'set ELECTRON_RUN_AS_NODE=1',
    ...(named(dataFolder) ? [`if not defined EDGE_MEMORY_DATA_FOLDER set ${batchQuoted(folder)}`] : []),
    `${batchQuoted(nodeExecutable)} ${batchQuoted(cliScript)} %*`,
    'exit /b %errorlevel%',
    ':moved',
    `echo ${ADVICE} 1>&2`,
    'exit /b 3',
    '',
  ].join('\r\n');
};

/** Puts a whole file in place at once, and leaves one alone that says the same: another window may be running it. */
const writeScript = async (file: string, text: string): Promise<void> => {
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return chmod(file, 0o755);
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, text, { mode: 0o755, flag: 'wx' });
    // The mode of writeFile is subject to the umask.
    await chmod(temporary, 0o755);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

/**
 * Writes the terminal command `edge-memory` into the data folder's `bin`: the extension's own folder changes with
 * each update. On Windows a batch file too; the shell script serves Git Bash there.
 */
export const writeLauncher = async (launcher: Launcher): Promise<void> => {
  await mkdir(launcher.dataFolder, { recursive: true, mode: 0o700 });
  const folder = launcherFolderIn(launcher.dataFolder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const command = path.join(folder, 'edge-memory');
  await writeScript(command, shellScript(launcher));
  if (process.platform === 'win32') await writeScript(`${command}.cmd`, batchScript(launcher));
};
