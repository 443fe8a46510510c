import assert from 'node:assert/strict';
import { type CliHome, makeCliHome, requireWeights } from './runCli.ts';

interface Shown {
  readonly memory: Readonly<Record<string, unknown>>;
}

describe('edge-memory update, delete, restore, counts and backups', () => {
  let home: CliHome;

  before(requireWeights);
  beforeEach(async () => {
    home = await makeCliHome();
  });
  afterEach(() => home.remove());

  const store = async (content: string, ...args: string[]) =>
    ((await home.json(['store', content, ...args])) as { content_hash: string }).content_hash;
  const update = async (hash: string, ...args: string[]) =>
    ((await home.json(['update', hash.slice(0, 8), ...args])) as Shown).memory;

  it('changes tags, type, metadata, project and marks, and takes them away again', async () => {
    const hash = await store('text', '--tags', 'a,b', '--metadata', '{"x":1,"y":2}');
    const full = [
      '--type',
      'note',
      '--metadata',
      '{"x":null,"z":3}',
      '--project',
      'p',
      '--pin',
      '--local-only',
    ];
    const changed = await update(hash, '--add-tags', 'c,d', '--remove-tags', 'a', ...full);
    assert.deepEqual(changed['tags'], ['b', 'c', 'd', 'proj:p']);
    assert.deepEqual(changed['metadata'], { y: 2, z: 3 });
    assert.deepEqual(
      [changed['memory_type'], changed['pinned'], changed['local_only']],
      ['note', true, true],
    );
    const undone = await update(hash, '--tags', 'only', '--no-type', '--no-pin', '--no-local-only');
    assert.deepEqual(undone['tags'], ['only']);
    assert.deepEqual([undone['memory_type'], undone['pinned'], undone['local_only']], [null, false, false]);
    assert.deepEqual((await update(hash, '--project', 'q'))['tags'], ['only', 'proj:q']);
    assert.deepEqual((await update(hash, '--no-project'))['tags'], ['only']);
  });

  it('replaces the content, from standard input too, and keeps the creation time', async () => {
    const hash = await store('old text', '--created', '2026-01-01');
    const { memory } = (await home.json(['update', hash, '--content', '-'], {
      stdin: 'new text\n',
    })) as Shown;
    assert.equal(memory['content'], 'new text');
    assert.notEqual(memory['content_hash'], hash);
    assert.equal(memory['created_at'], Date.UTC(2026, 0, 1) / 1000);
  });

  it('refuses an update without a change or without a memory', async () => {
    assert.equal((await home.run(['update', 'abcdef'])).code, 2);
    assert.equal((await home.run(['update', 'abcdef', '--pin'])).code, 1);
  });

  it('deletes without a question where nobody is asked, says how to undo it, and undoes it', async () => {
    const [one, two] = [await store('one'), await store('two')];
    const { code, stdout } = await home.run(['delete', one.slice(0, 10), two]);
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `2 memories deleted. Undo: edge-memory restore ${one.slice(0, 12)} ${two.slice(0, 12)}\n`,
    );
    const left = async (...args: string[]) =>
      ((await home.json(['list', ...args])) as { memories: unknown[] }).memories.length;
    assert.deepEqual([await left(), await left('--deleted')], [0, 2]);
    assert.deepEqual(await home.json(['restore', one, two.slice(0, 12)]), {
      restored: [one, two],
      not_deleted: [],
      not_found: [],
    });
    assert.equal(await left(), 2);
  });

  it('tells by its exit code that something asked for was not done', async () => {
    const hash = await store('one');
    const partly = await home.run(['delete', hash, 'abcdef', '--json']);
    assert.equal(partly.code, 1);
    assert.deepEqual(JSON.parse(partly.stdout), {
      deleted: [hash],
      already_deleted: [],
      not_found: ['abcdef'],
    });
    assert.match(partly.stderr, /no memory abcdef/);
    assert.equal((await home.run(['delete', hash])).code, 1);
    assert.equal((await home.run(['delete', 'abcdef'])).code, 1);
    assert.equal((await home.run(['restore', 'abcdef'])).code, 1);
  });

  it('counts tags, types and projects', async () => {
    await store('one', '--tags', 'a,b', '--type', 'note', '--project', 'p');
    await store('two', '--tags', 'a');
    assert.deepEqual(await home.json(['tags']), {
      tags: [
        { name: 'a', count: 2 },
        { name: 'b', count: 1 },
      ],
      next: null,
    });
    assert.deepEqual(await home.json(['types']), { types: [{ name: 'note', count: 1 }], next: null });
    assert.deepEqual(await home.json(['projects']), { projects: [{ name: 'p', count: 1 }], next: null });
    const { next } = (await home.json(['tags', '--limit', '1'])) as { next: string };
    assert.deepEqual(await home.json(['tags', '--cursor', next, '--prefix', 'b']), {
      tags: [{ name: 'b', count: 1 }],
      next: null,
    });
    assert.equal((await home.run(['tags'])).stdout, '2  a\n1  b\n');
  });

  it('says what is stored, where, and how it is searched', async () => {
    await store('one', '--tags', 'a', '--pin');
    const stats = (await home.json(['stats'])) as Record<string, Record<string, unknown>>;
    assert.deepEqual([stats['live'], stats['deleted'], stats['pinned'], stats['tags']], [1, 0, 1, 1]);
    assert.equal(stats['content_bytes'], 3);
    assert.deepEqual([stats['embedding']?.['embedded'], stats['embedding']?.['pending']], [1, 0]);
    assert.equal(stats['store']?.['database'], home.database);
    assert.equal(stats['mode']?.['keyword'], 'full-text');
    assert.match((await home.run(['stats'])).stdout, /^memories +1\npinned +1\n/);
  });

  it('embeds what a bulk import left waiting', async () => {
    const stdin = Array.from({ length: 30 }, (_, i) => `{"content":"memory number ${i}"}`).join('\n');
    await home.json(['store', '--jsonl', '-'], { stdin });
    assert.match(
      (await home.run(['search', 'number'])).stdout,
      /; 10 memories by keyword only until: edge-memory embed\n$/,
    );
    assert.deepEqual(await home.json(['embed']), { embedded: 10, pending: 0 });
    assert.deepEqual(await home.json(['embed']), { embedded: 0, pending: 0 });
  });

  it('backs up, lists backups and restores one by its name', async () => {
    await store('kept');
    const { backup } = (await home.json(['backup'])) as { backup: { file: string; memories: number } };
    assert.equal(backup.memories, 1);
    await store('stored later');
    const listed = (await home.json(['backups'])) as { backups: { file: string; memories: number }[] };
    assert.deepEqual(
      listed.backups.map(({ file, memories }) => [file, memories]),
      [[backup.file, 1]],
    );
    const name = backup.file.slice(Math.max(backup.file.lastIndexOf('/'), backup.file.lastIndexOf('\\')) + 1);
    assert.deepEqual(await home.json(['restore-backup', name]), { restored: backup.file });
    const { memories } = (await home.json(['list'])) as { memories: { content: string }[] };
    assert.deepEqual(
      memories.map(({ content }) => content),
      ['kept'],
    );
    assert.notEqual((await home.run(['restore-backup', 'none.db'])).code, 0);
  });
}).timeout(60_000);
