import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { batchScript, type Launcher, shellScript, writeLauncher } from '../../../src/cli/launcher.ts';
import { defaultDataFolder, launcherFolderIn } from '../../../src/local/paths.ts';

const run = promisify(execFile);
const ODD = `it's "odd" $(HOME) \`x\` %PATH% & ö\nline`;

describe('launcher', () => {
  let folder: string;
  let launcher: Launcher;
  let command: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'edge-memory-launcher-'));
    const odd = path.join(folder, process.platform === 'win32' ? 'it is odd ö' : ODD);
    await mkdir(odd);
    const cliScript = path.join(odd, 'cli.mjs');
    await writeFile(
      cliScript,
      'console.log(JSON.stringify([process.env.ELECTRON_RUN_AS_NODE, ...process.argv.slice(2)])); process.exitCode = 7;',
    );
    const nodeExecutable = path.join(odd, 'node.exe');
    await symlink(process.execPath, nodeExecutable);
    launcher = { dataFolder: path.join(folder, 'data', 'folder'), cliScript, nodeExecutable };
    command = path.join(
      launcherFolderIn(launcher.dataFolder),
      process.platform === 'win32' ? 'edge-memory.cmd' : 'edge-memory',
    );
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('runs the script as Node with every argument as it is, and passes on its exit code', async function () {
    if (process.platform === 'win32') this.skip();
    await writeLauncher(launcher);
    const args = ['store', 'two  words', '', '*', "it's", '$HOME', '--', '-x\ny'];
    await assert.rejects(run(command, args), (error: { code: number; stdout: string }) => {
      assert.equal(error.code, 7);
      assert.deepEqual(JSON.parse(error.stdout), ['1', ...args]);
      return true;
    });
  });

  it('leads to the memories of its own folder, from programs that no editor started too', async function () {
    if (process.platform === 'win32') this.skip();
    await writeFile(
      launcher.cliScript,
      'console.log(JSON.stringify(process.env.EDGE_MEMORY_DATA_FOLDER ?? null))',
    );
    const folderSaid = async (home: string, env: NodeJS.ProcessEnv = {}): Promise<unknown> =>
      JSON.parse((await run(command, { env: { HOME: home, ...env } })).stdout);
    launcher = { ...launcher, dataFolder: path.join(folder, ODD, 'data') };
    command = path.join(launcherFolderIn(launcher.dataFolder), 'edge-memory');
    await writeLauncher(launcher);
    assert.equal(await folderSaid(folder), launcher.dataFolder);
    assert.equal(await folderSaid(folder, { EDGE_MEMORY_DATA_FOLDER: '/other' }), '/other');
    assert.doesNotMatch(shellScript({ ...launcher, dataFolder: defaultDataFolder() }), /DATA_FOLDER/);
  });

  it('is executable, and leaves nothing else behind', async function () {
    if (process.platform === 'win32') this.skip();
    await writeLauncher(launcher);
    assert.equal((await stat(command)).mode & 0o777, 0o755);
    assert.equal((await stat(launcher.dataFolder)).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(path.dirname(command)), ['edge-memory']);
  });

  it('is written anew only when it says something else', async () => {
    await writeLauncher(launcher);
    const { ino } = await stat(command);
    await writeLauncher(launcher);
    assert.equal((await stat(command)).ino, ino);
    await writeLauncher({ ...launcher, cliScript: `${launcher.cliScript}2` });
    assert.notEqual((await stat(command)).ino, ino);
  });

  it('can be written by several windows at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => writeLauncher(launcher)));
    assert.ok((await stat(command)).size > 0);
  });

  it('says what to do when the editor is gone', async function () {
    if (process.platform === 'win32') this.skip();
    await writeLauncher({ ...launcher, nodeExecutable: path.join(folder, 'gone') });
    await assert.rejects(run(command), { code: 3, stderr: /Start the editor once/ });
  });

  it('keeps percent signs in a batch file, and reads other letters as UTF-8', () => {
    const script = batchScript({
      dataFolder: 'C:\\d 100%',
      nodeExecutable: 'C:\\100%\\Code.exe',
      cliScript: 'C:\\ö\\cli.js',
    });
    assert.match(script, /^"C:\\100%%\\Code\.exe" "C:\\ö\\cli\.js" %\*\r$/m);
    assert.match(script, /^chcp 65001 >nul\r$/m);
    assert.match(script, /^set ELECTRON_RUN_AS_NODE=1\r$/m);
    assert.match(
      script,
      /^if not defined EDGE_MEMORY_DATA_FOLDER set "EDGE_MEMORY_DATA_FOLDER=C:\\d 100%%"\r$/m,
    );
  });
});
