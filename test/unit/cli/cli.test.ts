import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type CliHome, mainScript, makeCliHome, requireWeights } from './runCli.ts';

describe('edge-memory', () => {
  let home: CliHome;

  before(requireWeights);
  beforeEach(async () => {
    home = await makeCliHome();
  });
  afterEach(() => home.remove());

  const start = (args: readonly string[]) =>
    spawn(process.execPath, [mainScript, ...args], { env: home.env });

  describe('usage', () => {
    it('explains itself, the options of every command and the exit codes', async () => {
      const { code, stdout } = await home.run(['--help']);
      assert.equal(code, 0);
      for (const word of ['store', 'search', 'restore-backup', 'Exit codes:', '130'])
        assert.ok(stdout.includes(word), word);
      assert.match((await home.run(['search', '--help'])).stdout, /--tag-match[^]*--database/);
    });

    it('prints its version', async () => {
      const manifest = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
      assert.equal((await home.run(['--version'])).stdout, `${manifest.version}\n`);
    });

    it('ends with 2 and says what is wrong, as JSON where that was asked for', async () => {
      const cases: [string[], RegExp][] = [
        [['serch', 'x'], /unknown command 'serch'[^]*search/],
        [['list', '--frobnicate'], /unknown option '--frobnicate'/],
        [['search'], /missing required argument/],
        [['search', 'x', '--limit', '1001'], /whole number from 1 to 1000/],
        [['search', 'x', '--mode', 'magic'], /hybrid, keyword, meaning, exact/],
        [['search', 'x', '--time', 'the time of my life'], /not a time/],
        [['store', 'x', '--metadata', '[1]'], /must be a JSON object/],
      ];
      await Promise.all(
        cases.map(async ([args, pattern]) => {
          const { code, stdout, stderr } = await home.run([...args, '--json']);
          assert.deepEqual([code, stdout], [2, ''], args.join(' '));
          const { error } = JSON.parse(stderr) as { error: Record<string, string> };
          assert.equal(error['code'], 'invalid-input');
          assert.match(error['message'] ?? '', pattern);
          assert.ok(error['nextStep']);
        }),
      );
      assert.match((await home.run(['list', '--x'])).stderr, /^error: unknown option '--x'\n.*--help/);
      const nothing = await home.run([]);
      assert.deepEqual([nothing.code, nothing.stdout], [2, '']);
      assert.match(nothing.stderr, /^Usage: edge-memory/);
    });
  });

  describe('where the memories are', () => {
    it('is ~/.edge-memory/memory.db, or what the environment says, or what the option says', async () => {
      const databaseOf = async (args: string[], env: Record<string, string>) => {
        const { stdout } = await home.run(['stats', '--json', ...args], { env });
        return (JSON.parse(stdout) as { store: { database: string } }).store.database;
      };
      const option = path.join(home.folder, 'option.db');
      assert.equal(
        await databaseOf([], { EDGE_MEMORY_DATABASE: '' }),
        path.join(home.folder, '.edge-memory', 'memory.db'),
      );
      const dataFolder = path.join(home.folder, 'elsewhere');
      assert.equal(
        await databaseOf([], { EDGE_MEMORY_DATABASE: '', EDGE_MEMORY_DATA_FOLDER: dataFolder }),
        path.join(dataFolder, 'memory.db'),
      );
      assert.equal(await databaseOf([], {}), home.database);
      assert.equal(await databaseOf(['--database', option], {}), option);
    });

    it('is what MCP_MEMORY_STORAGE_BACKEND names, which has to be known', async () => {
      const backend = (name: string) => home.run(['list'], { env: { MCP_MEMORY_STORAGE_BACKEND: name } });
      assert.match((await backend('redis')).stderr, /no storage that is known/);
      assert.equal((await backend('sqlite_vec')).code, 0);
    });

    it('ends with 3 where the store cannot be written, and says what to do', async function () {
      if (process.platform === 'win32' || process.getuid?.() === 0) {
        // The superuser may write anywhere: a file in the place of the folder stops even them.
        await writeFile(path.dirname(home.database), 'not a folder');
      } else {
        await mkdir(path.dirname(home.database));
        await chmod(path.dirname(home.database), 0o500);
      }
      const { code, stdout, stderr } = await home.run(['store', 'text', '--json']);
      assert.deepEqual([code, stdout], [3, '']);
      const { error } = JSON.parse(stderr) as { error: Record<string, string> };
      assert.notEqual(error['code'], 'unexpected');
      assert.ok(error['message'] && error['nextStep']);
    });
  });

  describe('at a terminal', () => {
    const ACTING = /(?!\n)[\p{Cc}\u202a-\u202e]/u;
    const HOSTILE = 'red \u001b[31mtext\u001b[0m \u009b2J \u202Etxet\r\u0007 end';

    it('shows stored escape sequences instead of obeying them; --json is exact', async () => {
      const { content_hash } = (await home.json(['store', HOSTILE, '--tags', 'a\u001b[2Jb'])) as {
        content_hash: string;
      };
      for (const args of [
        ['list'],
        ['search', 'red'],
        ['show', content_hash],
        ['tags'],
        ['delete', content_hash],
      ]) {
        const { stdout, stderr } = await home.run(args);
        assert.match(stdout + stderr, /\S/);
        assert.doesNotMatch(stdout + stderr, ACTING, args[0]);
      }
      const { stdout } = await home.run(['show', content_hash, '--json']);
      assert.doesNotMatch(stdout, ACTING);
      assert.equal((JSON.parse(stdout) as { memory: { content: string } }).memory.content, HOSTILE);
      assert.equal((await home.run(['show', content_hash, '--content'])).stdout, HOSTILE);
    });

    it('is not coloured when piped', async () => {
      await home.json(['store', 'plain text']);
      assert.ok(!(await home.run(['search', 'plain'])).stdout.includes('\u001b'));
      assert.ok(
        (await home.run(['search', 'plain'], { env: { FORCE_COLOR: '1' } })).stdout.includes('\u001b[1m'),
      );
    });

    it('asks before it deletes', async function () {
      const probe = spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' });
      if (process.platform !== 'linux' || probe.status !== 0) this.skip();
      const { content_hash } = (await home.json(['store', 'dear text'])) as { content_hash: string };
      const deleteSaying = async (reply: string) => {
        const command = `'${process.execPath}' '${mainScript}' delete ${content_hash}`;
        const child = spawn('script', ['-qec', command, '/dev/null'], { env: home.env });
        let printed = '';
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
          printed += chunk;
          if (chunk.includes('[y/N]')) child.stdin.end(reply);
        });
        const [code] = (await once(child, 'close')) as [number];
        return { code, printed };
      };
      const refused = await deleteSaying('n\n');
      assert.equal(refused.code, 1);
      assert.match(refused.printed, /dear text\r\nDelete 1 memory\? \[y\/N\] [^]*Nothing was deleted\./);
      const agreed = await deleteSaying('y\n');
      assert.equal(agreed.code, 0);
      assert.match(agreed.printed, /1 memory deleted\. Undo: edge-memory restore/);
    });

    it('is silent when the reader of its output has seen enough', async () => {
      const stdin = Array.from({ length: 900 }, (_, i) => `{"content":"${i} ${'x'.repeat(1000)}"}`).join(
        '\n',
      );
      await home.json(['store', '--jsonl', '-'], { stdin });
      const child = start(['list', '--limit', '1000', '--json']);
      child.stdout.once('data', () => child.stdout.destroy());
      const said = text(child.stderr);
      const [code] = (await once(child, 'close')) as [number];
      assert.deepEqual([code, await said], [0, '']);
    });

    it('fails where its output cannot be written', async function () {
      if (!existsSync('/dev/full')) this.skip();
      const full = await open('/dev/full', 'w');
      const child = spawn(process.execPath, [mainScript, '--version'], {
        env: home.env,
        stdio: ['ignore', full.fd, 'pipe'],
      });
      assert.ok(child.stderr);
      const said = text(child.stderr);
      const [code] = (await once(child, 'close')) as [number];
      await full.close();
      assert.equal(code, 3);
      assert.match(await said, /^error: .*no space left/);
    });

    it('ends with 130 at Ctrl-C, and keeps what it has stored', async function () {
      if (process.platform === 'win32') this.skip();
      const child = start(['store', '--jsonl', '-']);
      const said = text(child.stderr);
      child.stdin.write(Array.from({ length: 1000 }, (_, i) => `{"content":"${i}"}\n`).join(''));
      while ((await countOf()) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      child.kill('SIGINT');
      const [code] = (await once(child, 'close')) as [number];
      assert.equal(code, 130);
      assert.match(await said, /1,000 memories stored before it stopped/);
      assert.equal(await countOf(), 1000);
    });

    const countOf = async (): Promise<number> =>
      existsSync(home.database) ? ((await home.json(['stats'])) as { live: number }).live : 0;
  });
}).timeout(60_000);
