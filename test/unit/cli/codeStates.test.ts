import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { linesHashOf } from '../../../src/memory/codeDrift.ts';
import { root } from '../../harness/paths.ts';
import { type CliHome, makeCliHome, requireWeights } from './runCli.ts';

const repository = 'git@example.com:acme/shop.git';
const code = ['restart() {', '  stop();', '}'];

describe('memories made from code, in the terminal', () => {
  let home: CliHome;
  let checkout: string;
  let hash: string;
  const write = (name: string, text: string): Promise<void> => writeFile(path.join(checkout, name), text);

  before(async () => {
    await requireWeights();
    home = await makeCliHome();
    checkout = path.join(home.folder, 'shop');
    await mkdir(path.join(checkout, '.git'), { recursive: true });
    await mkdir(path.join(checkout, 'src'), { recursive: true });
    await mkdir(path.dirname(home.database), { recursive: true, mode: 0o700 });
    await write('.git/config', `[remote "origin"]\n\turl = https://example.com/acme/shop\n`);
    const store = await openLocalStore({
      database: home.database,
      weightsDirectory: path.join(root, 'dist/use-lite'),
      background: false,
    });
    const lines = { path: 'src/queue.js', lines: [1, 3] as const, linesHash: linesHashOf(code) };
    const [stored] = await store.storeMany([
      { content: 'restart stops first', project: 'shop', source: { ...lines, repository } },
      { content: 'restart elsewhere', project: 'other', source: lines },
      {
        content: 'restart at home',
        project: 'shop',
        source: { ...lines, path: '~/src/queue.js', repository },
      },
    ]);
    hash = stored?.contentHash ?? '';
    await store.close();
  });
  after(() => home.remove());

  /** What each command prints about the code of the memories, in a folder of the checkout. */
  const said = async (folder = path.join(checkout, 'src')): Promise<string[]> => {
    const printed: string[] = [];
    for (const args of [['search', 'restart', '--mode', 'keyword'], ['list'], ['show', hash]]) {
      const { stdout, stderr, code: exit } = await home.run(args, { cwd: folder });
      assert.equal(exit, 0, stderr);
      printed.push((stdout.match(/the code has changed since|its file is gone/g) ?? []).join());
    }
    return printed;
  };
  const states = async (): Promise<unknown[]> => {
    const answer = (await home.json(['list'], { cwd: checkout })) as {
      memories: { content: string; code_state: unknown }[];
    };
    return answer.memories
      .sort((a, b) => b.content.localeCompare(a.content))
      .map(({ code_state }) => code_state);
  };

  it('say that the code has changed since, or that its file is gone', async () => {
    await write('src/queue.js', 'restart() {\n  halt();\n}\n');
    const changed = 'the code has changed since';
    assert.deepEqual(await said(), [changed, changed, changed]);
    assert.deepEqual(await states(), ['changed', null, null]);
    await rm(path.join(checkout, 'src/queue.js'));
    assert.deepEqual(await said(), ['its file is gone', 'its file is gone', 'its file is gone']);
    assert.deepEqual(await states(), ['missing', null, null]);
  });

  it('say nothing where it is as it was, or has only moved, or outside of the checkout', async () => {
    for (const [text, state] of [
      [code.join('\r\n'), 'same'],
      [['// new', ...code].join('\n'), 'moved'],
    ] as const) {
      await write('src/queue.js', text);
      assert.deepEqual(await said(), ['', '', '']);
      assert.deepEqual(await states(), [state, null, null]);
    }
    await write('src/queue.js', 'something else');
    assert.deepEqual(await said(home.folder), ['', '', '']);
  });
}).timeout(60_000);
