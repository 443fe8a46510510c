import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { linesHashOf } from '../../../src/memory/codeDrift.ts';
import type { ReadableFolder } from '../../../src/mcp/fileReader.ts';
import { WorkspaceFiles } from '../../../src/mcp/workspaceFiles.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { useStore } from '../support/testStore.ts';
import { useMcpClient } from './mcpClient.ts';
import { folderAt } from './readableFolders.ts';

describe('memories made from code, as agents find them', () => {
  const memories = useStore();
  const connect = useMcpClient();
  const inFolder = temporaryFolder();
  const lines = ['restart() {', '  stop();', '}'];
  const source = { path: 'src/queue.js', lines: [1, 3] as const, linesHash: linesHashOf(lines) };
  const restart = 'restart stops first';

  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(inFolder(name)), { recursive: true });
    writeFileSync(inFolder(name), text);
  };
  const connected = async (...folders: readonly ReadableFolder[]) =>
    (await connect(memories.store, { project: 'shop', files: new WorkspaceFiles(folders) })).call;
  /** What a search says about the code of each memory. */
  const marks = async (...folders: readonly ReadableFolder[]) => {
    const call = await connected(...(folders.length > 0 ? folders : [folderAt(inFolder('shop'))]));
    const { memories: found } = await call('memory_search', { tags: ['code'] });
    return Object.fromEntries(found.map(({ content, code_changed }) => [String(content), code_changed]));
  };

  beforeEach(async () => {
    await memories.store.storeMany([
      { content: restart, tags: ['code'], project: 'shop', source },
      { content: 'elsewhere it does not', tags: ['code'], project: 'other', source },
    ]);
    write('shop/src/queue.js', lines.join('\n'));
  });

  it('say that the code has changed since, and what to do about it', async () => {
    write('shop/src/queue.js', 'restart() {\n  halt();\n}');
    const call = await connected(folderAt(inFolder('shop')));
    for (const query of [undefined, restart]) {
      const { head, memories: found } = await call('memory_search', query ? { query } : { tags: ['code'] });
      assert.equal(found.find(({ content }) => content === restart)?.['code_changed'], true);
      assert.match(String(head['code']), /memory_update/);
    }
  });

  it('say so where they are listed, and where one is shown whole', async () => {
    write('shop/src/queue.js', 'restart() {}');
    const call = await connected(folderAt(inFolder('shop')));
    const page = await call('memory_list', { tags: ['code'] });
    assert.match(String(page.head['code']), /memory_update/);
    const changed = page.memories.filter((memory) => memory['code_changed'] === true);
    assert.deepEqual(
      changed.map(({ content }) => content),
      [restart],
    );
    const whole = await call('memory_list', { content_hash: changed[0]?.['hash'] });
    assert.equal(whole.memories[0]?.['code_changed'], true);
    assert.match(String(whole.head['code']), /memory_update/);
  });

  it('say that the file is gone', async () => {
    rmSync(inFolder('shop/src/queue.js'));
    assert.equal((await marks())[restart], 'file gone');
  });

  it('say nothing where it is as it was, has only moved, or can not be read', async () => {
    for (const text of [lines.join('\n'), ['// new', ...lines].join('\n'), '\u0000']) {
      write('shop/src/queue.js', text);
      assert.deepEqual(Object.values(await marks()), [undefined, undefined]);
    }
  });

  it('say nothing about a file of the same path in another project', async () => {
    write('shop/src/queue.js', 'something else');
    assert.deepEqual(await marks(), { [restart]: true, 'elsewhere it does not': undefined });
  });

  it('are compared with the file of the repository where the workspace is a part of it', async () => {
    const part = folderAt(inFolder('shop/src'), { root: inFolder('shop') });
    write('shop/src/src/queue.js', 'a namesake');
    assert.equal((await marks(part))[restart], undefined);
    write('shop/src/queue.js', 'something else');
    write('shop/src/src/queue.js', lines.join('\n'));
    assert.equal((await marks(part))[restart], true);
  });

  it('are compared with the file of their own project where the workspace has several folders', async () => {
    const other = folderAt(inFolder('other'), { project: { name: 'other', repository: undefined } });
    write('other/src/queue.js', 'something else');
    const both = [folderAt(inFolder('shop')), other];
    assert.deepEqual(await marks(...both), { [restart]: undefined, 'elsewhere it does not': true });
    assert.deepEqual(await marks(...both.toReversed()), {
      [restart]: undefined,
      'elsewhere it does not': true,
    });
  });

  describe('once an agent has looked', () => {
    const update = async (updates: object, text: string | undefined, folder = 'shop') => {
      if (text === undefined) rmSync(inFolder('shop/src/queue.js'));
      else write('shop/src/queue.js', text);
      const call = await connected(folderAt(inFolder(folder)));
      const { memories: found } = await call('memory_search', { tags: ['code'] });
      const { hash } = found.find(({ content }) => content === restart) ?? {};
      return call('memory_update', { content_hash: hash, updates });
    };
    const sourceNow = async () =>
      (await memories.store.list({ filter: { project: 'shop' } })).items[0]?.source ?? {};

    it('hold for the code as it is now where it says that they are still true', async () => {
      const { head } = await update({ still_true: true }, 'restart() {\n  halt();\n}\n// more');
      assert.deepEqual(head['lines'], [1, 3]);
      assert.equal((await marks())[restart], undefined);
      const { client, commit } = await sourceNow();
      assert.deepEqual([client, commit], [undefined, 'c'.repeat(40)], 'whose they are stays');
      write('shop/src/queue.js', 'restart() {\n  pause();\n}');
      assert.equal((await marks())[restart], true);
    });

    it('hold for it where it rewrites them', async () => {
      const content = 'restart halts first';
      await update({ content }, '\nrestart() {\n  halt();\n}');
      assert.equal((await marks())[content], undefined);
      assert.equal((await sourceNow()).path, 'src/queue.js');
    });

    it('are compared no more where the file is gone and they hold all the same', async () => {
      await update({ still_true: true }, undefined);
      assert.equal((await marks())[restart], undefined);
      assert.equal((await sourceNow()).path, 'src/queue.js');
    });

    it('stay marked where only their tags change', async () => {
      await update({ add_tags: ['queue'] }, 'something else');
      assert.equal((await marks())[restart], true);
    });

    it('are not said to hold for code that there is not, or that is not here', async () => {
      const { contentHash } = await memories.store.store({ content: 'of no code' });
      const call = await connected(folderAt(inFolder('shop')));
      const ofNone = await call('memory_update', {
        content_hash: contentHash,
        updates: { still_true: true },
      });
      assert.match(ofNone.text, /not made from code.*Leave out updates.still_true/);
      const [other] = (await memories.store.list({ filter: { project: 'other' } })).items;
      const elsewhere = await call('memory_update', {
        content_hash: other?.contentHash,
        updates: { still_true: true },
      });
      assert.ok(elsewhere.isError);
      assert.match(elsewhere.text, /src\/queue.js belongs to a project that is not open here/);
    });

    it('stay those of their own repository where an agent of another one rewrites them', async () => {
      const repository = 'https://github.com/acme/shop';
      const { contentHash } = await memories.store.store({
        content: 'of acme',
        source: { ...source, repository },
      });
      const { call } = await connect(memories.store, { repository: 'https://github.com/acme/other' });
      await call('memory_update', { content_hash: contentHash, updates: { content: 'of acme still' } });
      const [memory] = (await memories.store.list({ limit: 1 })).items;
      assert.deepEqual([memory?.content, memory?.source?.repository], ['of acme still', repository]);
    });
  });

  it('are not compared with what lies outside of the repository, behind a link', async () => {
    write('outside/queue.js', 'something else');
    rmSync(inFolder('shop/src'), { recursive: true });
    symlinkSync(inFolder('outside'), inFolder('shop/src'));
    assert.equal((await marks())[restart], undefined);
  });
});
