import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AgentAct } from '../../../src/memory/agentActs.ts';
import { linesHashOf } from '../../../src/memory/codeDrift.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import type { AgentStore } from '../../../src/mcp/agentStore.ts';
import type { McpContext } from '../../../src/mcp/mcpContext.ts';
import { overlaidStore } from '../../../src/mcp/overlaidStore.ts';
import { WorkspaceFiles } from '../../../src/mcp/workspaceFiles.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { useStore } from '../support/testStore.ts';
import { useMcpClient } from './mcpClient.ts';
import { folderAt } from './readableFolders.ts';

describe('ingesting files', () => {
  const memories = useStore();
  const connect = useMcpClient();
  const inFolder = temporaryFolder();

  const write = (name: string, text: string | Uint8Array) => {
    mkdirSync(path.dirname(inFolder('work', name)), { recursive: true });
    writeFileSync(inFolder('work', name), text);
  };
  const ingest = async (args: Record<string, unknown>) => {
    const { call } = await connect(memories.store, {
      project: 'shop',
      files: new WorkspaceFiles([folderAt(inFolder('work'))]),
    });
    return call('memory_ingest', args);
  };
  const stored = async () => (await memories.store.list({ limit: 1000, order: 'oldest' })).items;
  const files = async () => [...new Set((await stored()).map(({ source }) => source?.path))].toSorted();

  it('stores a file in chunks that overlap and know their place', async () => {
    const text = Array.from({ length: 300 }, (_, i) => `Line ${i + 1} says something.`).join('\n');
    write('docs/guide.md', text);
    const { head } = await ingest({
      file_path: 'docs/guide.md',
      tags: ['guide'],
      chunk_size: 1000,
      chunk_overlap: 100,
    });
    const chunks = await stored();
    assert.deepEqual([head['files'], head['stored']], [1, chunks.length]);
    assert.ok(chunks.length > 5);
    const [first, second] = chunks;
    assert.ok(first && second);
    assert.ok(first.content.length <= 1000);
    assert.deepEqual(first.tags.toSorted(), ['guide', 'proj:shop']);
    assert.deepEqual(first.metadata, {
      source_file: 'docs/guide.md',
      chunk_index: 0,
      total_chunks: chunks.length,
    });
    assert.equal(first.memoryType, 'document');
    const [from] = second.source?.lines ?? [0];
    assert.ok(second.content.includes(`Line ${from + 1} says`), `${from}: ${second.content.slice(0, 60)}`);
    assert.equal(chunks.at(-1)?.source?.lines?.[1], 300);
    assert.equal((await ingest({ file_path: 'docs/guide.md', chunk_overlap: 100 })).head['stored'], 0);
  });

  it('reads a folder’s texts and source code, and leaves out what git ignores', async () => {
    write('.gitignore', 'build/\n*.log.md\n!keep.log.md\n');
    write('readme.md', 'readme');
    write('src/a.ts', 'export const a = 1;');
    write('src/.gitignore', 'secret.md\n');
    write('src/secret.md', 'ignored by the nearer file');
    write('build/out.md', 'ignored');
    write('x.log.md', 'ignored too');
    write('keep.log.md', 'kept');
    write('node_modules/p/readme.md', 'not ours');
    write('.git/notes.md', 'not ours');
    write('image.png', 'no text');
    const { head } = await ingest({ directory_path: '.' });
    assert.deepEqual(await files(), ['keep.log.md', 'readme.md', 'src/a.ts']);
    assert.equal(head['files'], 3);
  });

  it('takes one path; what is left empty is none', async () => {
    write('a.md', 'a');
    write('b.md', 'b');
    for (const none of [{ directory_path: '' }, { directory_path: null }])
      assert.equal((await ingest({ file_path: 'a.md', ...none })).head['files'], 1);
    assert.deepEqual(await files(), ['a.md']);
    for (const paths of [
      { file_path: 'a.md', directory_path: '.' },
      { file_path: '', directory_path: '' },
    ])
      assert.equal((await ingest(paths)).head['error'], 'invalid-input');
    assert.deepEqual(await files(), ['a.md']);
    const all = { file_path: '', directory_path: '.', file_extensions: [] };
    assert.equal((await ingest(all)).head['files'], 2);
  });

  it('says that it found no file, instead of having stored none', async () => {
    write('docs/deep/a.md', 'a');
    const { isError, head } = await ingest({ directory_path: 'docs', file_extensions: ['*.mdx', 'rst'] });
    assert.ok(isError);
    assert.match(String(head['message']), /no file in docs ends in \.mdx \.rst\./);
    const flat = await ingest({ directory_path: 'docs', recursive: false });
    assert.match(String(flat.head['message']), /folders in it were not looked at/);
  });

  it('tells a client that asks for it how far it is', async () => {
    for (let i = 0; i < 25; i++) write(`notes/${i}.md`, `note ${i}`);
    const { client } = await connect(memories.store, {
      files: new WorkspaceFiles([folderAt(inFolder('work'))]),
    });
    const told: object[] = [];
    const call = { name: 'memory_ingest', arguments: { directory_path: 'notes' } };
    await client.callTool(call, { onprogress: (progress) => told.push(progress) });
    assert.deepEqual(told, [
      { progress: 10, total: 25 },
      { progress: 20, total: 25 },
    ]);
  });

  it('applies the rules of the folders above, too', async () => {
    write('.gitignore', '*.tmp.md\n');
    write('a/b/x.tmp.md', 'ignored');
    write('a/b/y.md', 'kept');
    await ingest({ directory_path: 'a/b' });
    assert.deepEqual(await files(), ['a/b/y.md']);
  });

  it('takes the extensions, depth and number that were asked for, and says that there is more', async () => {
    for (const name of ['a.md', 'b.md', 'c.txt', 'deep/d.md']) write(name, name);
    await ingest({ directory_path: '.', file_extensions: ['txt'] });
    assert.deepEqual(await files(), ['c.txt']);
    const { head } = await ingest({
      directory_path: '.',
      recursive: false,
      file_extensions: ['.md'],
      max_files: 1,
    });
    assert.deepEqual(await files(), ['a.md', 'c.txt']);
    assert.match(String(head['left_out']), /max_files/);
  });

  it('reads nothing outside of the workspace, not through links either', async () => {
    write('inside.md', 'inside');
    writeFileSync(inFolder('outside.md'), 'outside');
    symlinkSync(inFolder('outside.md'), inFolder('work', 'link.md'));
    symlinkSync(inFolder(), inFolder('work', 'folder'));
    for (const file_path of [
      '../outside.md',
      inFolder('outside.md'),
      'link.md',
      'folder/outside.md',
      '/etc/passwd',
    ]) {
      const { isError, text } = await ingest({ file_path });
      assert.ok(isError, file_path);
      assert.doesNotMatch(text, /"outside"/);
    }
    assert.ok((await ingest({ directory_path: '..' })).isError);
    await ingest({ directory_path: '.' });
    assert.deepEqual(await files(), ['inside.md']);
  });

  it('skips what is no text, too large or holds credentials, and says why', async () => {
    write('good.md', 'good');
    write('binary.md', Uint8Array.of(0xff, 0xfe, 0x00));
    write('large.md', 'x'.repeat(3 * 1024 * 1024));
    write('token.md', ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_'));
    const { head } = await ingest({ directory_path: '.' });
    assert.deepEqual(await files(), ['good.md']);
    assert.equal(head['skipped'], 3);
    const reasons = JSON.stringify(head['first_skipped']);
    for (const because of [/no text in UTF-8/, /2 MiB/, /credentials/]) assert.match(reasons, because);
    assert.match(String(head['next_step']), /alone, by file_path/);
    assert.ok((await ingest({ file_path: 'token.md' })).isError);
  });

  it('is one act, however many files there are, and passes over those that are refused', async () => {
    for (let i = 0; i < 50; i++) write(`${i}.md`, `file ${i}`);
    write('nul.md', 'a\u0000b');
    const acts: AgentAct[] = [];
    const refusing: AgentStore = overlaidStore(memories.store, {
      storeMany: (given, options) =>
        given.some(({ content }) => content === 'file 13')
          ? Promise.reject(new MemoryError('forbidden', 'Not this one.', 'Leave it.'))
          : memories.store.storeMany(given, options),
    });
    const ingestInto = async (store: AgentStore) => {
      const { call } = await connect(store, {
        files: new WorkspaceFiles([folderAt(inFolder('work'))]),
        record: (act) => Promise.resolve(void acts.push(act)),
      });
      return (await call('memory_ingest', { directory_path: '.' })).head;
    };
    const halved = await ingestInto(refusing);
    assert.deepEqual([halved['files'], halved['stored'], halved['skipped']], [49, 49, 2]);
    assert.match(JSON.stringify(halved['first_skipped']), /Not this one/);
    acts.length = 0;
    const { files: read, stored: added, known } = await ingestInto(memories.store);
    assert.deepEqual([read, added, known], [50, 1, 49]);
    assert.deepEqual(
      acts.map(({ kind, hashes }) => [kind, hashes.length]),
      [['stored', 1]],
    );
    // Those that were there already are as they were.
    assert.deepEqual(
      acts[0]?.undo.map((step) => step.do === 'delete' && step.hashes.length),
      [1],
    );
  });

  it('says in few words what it skipped', async () => {
    const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');
    for (let i = 0; i < 60; i++)
      write(`${'folder-of-a-long-name/'.repeat(6)}${i}.md`, `${token}\n\n`.repeat(8));
    const { head, text } = await ingest({ directory_path: '.' });
    assert.equal(head['skipped'], 60);
    assert.ok(text.length <= 8000, `${text.length} characters`);
    assert.ok((head['first_skipped'] as unknown[]).length > 5);
    assert.match(String(head['to_see_others']), /folders one by one/);
  });

  it('asks the person about a single file that holds credentials', async () => {
    write('token.md', `first\n${['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_')}`);
    const asked: string[] = [];
    const ask = async (answer: boolean) => {
      const { call } = await connect(memories.store, {
        files: new WorkspaceFiles([folderAt(inFolder('work'))]),
        approval: {
          stores: () => Promise.resolve(true),
          changes: () => Promise.resolve(true),
          credentials: (found) => {
            asked.push(...found);
            return Promise.resolve(answer);
          },
        },
      });
      return call('memory_ingest', { file_path: 'token.md' });
    };
    assert.ok((await ask(false)).isError);
    assert.match(asked.join(), /^token\.md, line 2: /);
    assert.deepEqual(await files(), []);
    assert.equal((await ask(true)).head['stored'], 1);
    assert.deepEqual(await files(), ['token.md']);
  });

  describe('in a part of a repository', () => {
    const repository = 'https://github.com/acme/shop';
    const ingestPart = async (args: Record<string, unknown>) => {
      const part = folderAt(inFolder('work', 'packages', 'api'), {
        root: inFolder('work'),
        project: { name: 'shop', repository },
      });
      const { call } = await connect(memories.store, {
        project: 'shop',
        repository,
        files: new WorkspaceFiles([part]),
      });
      return call('memory_ingest', args);
    };
    beforeEach(() => write('packages/api/readme.md', 'of the part'));

    it('keeps paths that are relative to the repository, as the editor does', async () => {
      await ingestPart({ file_path: 'readme.md' });
      const [memory] = await stored();
      assert.equal(memory?.source?.path, 'packages/api/readme.md');
      assert.equal(memory.source.repository, repository);
      assert.equal(memory.metadata['source_file'], 'packages/api/readme.md');
    });

    it('reads nothing of the rest of it, and honours its .gitignore', async () => {
      write('.gitignore', '*.tmp.md\n');
      write('packages/api/x.tmp.md', 'ignored');
      write('above.md', 'not in the workspace');
      assert.match((await ingestPart({ file_path: '../../above.md' })).text, /outside of the workspace/);
      await ingestPart({ directory_path: '.' });
      assert.deepEqual(await files(), ['packages/api/readme.md']);
    });
  });

  describe('in a workspace of several folders', () => {
    const ingestAll = async (args: Record<string, unknown>, context: Partial<McpContext> = {}) => {
      const folders = [
        folderAt(inFolder('work', 'web')),
        folderAt(inFolder('work', 'api'), {
          project: { name: 'backend', repository: 'https://github.com/acme/backend' },
        }),
      ];
      const { call } = await connect(memories.store, {
        project: 'shop',
        files: new WorkspaceFiles(folders),
        ...context,
      });
      return call('memory_ingest', args);
    };
    beforeEach(() => {
      write('web/page.md', 'page');
      write('api/route.md', 'route');
      for (const folder of ['web', 'api']) write(`${folder}/readme.md`, `readme of ${folder}`);
    });

    it('reads all of them, and gives each file to its own project', async () => {
      await ingestAll({ directory_path: '.' });
      assert.deepEqual(
        (await stored())
          .map(({ content, tags, source }) => [content, tags[0], source?.path, source?.repository])
          .toSorted(),
        [
          ['page', 'proj:shop', 'page.md', undefined],
          ['readme of api', 'proj:backend', 'readme.md', 'https://github.com/acme/backend'],
          ['readme of web', 'proj:shop', 'readme.md', undefined],
          ['route', 'proj:backend', 'route.md', 'https://github.com/acme/backend'],
        ],
      );
    });

    it('finds a path in whichever folder, by the folder’s name too, and asks which is meant', async () => {
      await ingestAll({ file_path: 'route.md' });
      await ingestAll({ file_path: 'web/readme.md' });
      await ingestAll({ file_path: inFolder('work', 'web', 'page.md') });
      assert.deepEqual(
        (await stored()).map(({ content }) => content),
        ['route', 'readme of web', 'page'],
      );
      const { isError, text } = await ingestAll({ file_path: 'readme.md' });
      assert.ok(isError);
      assert.match(text, /more than one folder.*web.readme\.md, .*api.readme\.md/);
    });

    it('reads nothing outside of all of them, not through links either', async () => {
      write('outside.md', 'outside');
      symlinkSync(inFolder('work', 'outside.md'), inFolder('work', 'api', 'link.md'));
      symlinkSync(inFolder('work', 'web'), inFolder('work', 'api', 'neighbour'));
      for (const file_path of ['../outside.md', 'link.md', inFolder('work', 'outside.md')]) {
        const { isError, text } = await ingestAll({ file_path });
        assert.ok(isError, file_path);
        assert.match(text, /lies outside of the workspace.*Name a path inside .*web or .*api/);
      }
      await ingestAll({ file_path: 'neighbour/page.md' });
      assert.deepEqual(await files(), ['page.md']);
    });

    it('stores nothing of another folder’s project where agents are limited to one', async () => {
      const { head } = await ingestAll({ directory_path: '.' }, { settings: { onlyProject: true } });
      assert.equal(head['skipped'], 2);
      assert.match(JSON.stringify(head['first_skipped']), /project “shop” only/);
      // Which are no credentials, that a person could allow.
      assert.equal(head['next_step'], undefined);
      assert.deepEqual(await files(), ['page.md', 'readme.md']);
    });
  });

  describe('remembers its lines, so that their changes are told', () => {
    const code = Array.from({ length: 60 }, (_, i) => `  step${i}();`);
    const text = ['run() {', ...code, '}', '', 'stop() {', ...code, '}', ''];
    const changed = async () => {
      const { call } = await connect(memories.store, {
        project: 'shop',
        files: new WorkspaceFiles([folderAt(inFolder('work'))]),
      });
      const { memories: found } = await call('memory_list', { page_size: 100 });
      return found.filter((memory) => memory['code_changed']).map(({ content }) => String(content));
    };

    for (const newline of ['\n', '\r\n'])
      it(`where lines end with ${JSON.stringify(newline)}`, async () => {
        write('run.ts', text.join(newline));
        await ingest({ file_path: 'run.ts', chunk_size: 300, chunk_overlap: 50 });
        for (const { content, source } of await stored()) {
          const [first, last] = source?.lines ?? [0, 0];
          const whole = text.slice(first - 1, last).join(newline);
          assert.ok(whole.includes(content.trim()), `lines ${first} to ${last}`);
          assert.equal(source?.linesHash, linesHashOf(text.slice(first - 1, last)));
          assert.equal(source.commit, 'c'.repeat(40));
        }
        assert.deepEqual(await changed(), []);
        write('run.ts', ['// moved', ...text].join(newline));
        assert.deepEqual(await changed(), []);
        write('run.ts', text.with(5, '  other();').join(newline));
        const told = await changed();
        assert.ok(told.length > 0 && told.every((content) => content.includes('step4')), told.join('|'));
      });
  });

  it('asks for a path', async () => {
    mkdirSync(inFolder('work'));
    assert.match((await ingest({})).text, /file_path or a directory_path/);
    assert.match((await ingest({ file_path: 'none.md' })).text, /there is none/);
  });
});
