import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CliHome, makeCliHome, requireWeights } from './runCli.ts';

interface Listed {
  readonly memories: readonly {
    readonly content: string;
    readonly tags: readonly string[];
    readonly memory_type: string | null;
    readonly metadata: Record<string, unknown>;
    readonly created_at: number;
    readonly pinned: boolean;
    readonly local_only: boolean;
    readonly source: { readonly client?: string } | null;
  }[];
}

describe('edge-memory store', () => {
  let home: CliHome;

  before(requireWeights);
  beforeEach(async () => {
    home = await makeCliHome();
  });
  afterEach(() => home.remove());

  const list = async () => ((await home.json(['list', '--order', 'oldest'])) as Listed).memories;

  it('prints the hash and what became of the memory: stored, merged, revived', async () => {
    // SHA-256 of "use wal for sqlite".
    const content_hash = '621bf1945fd3da0eda5c1ed62a36027ade45b8a49c08dd1df7d0d5289e8e2527';
    const store = () => home.json(['store', 'Use WAL for SQLite', '--tags', 'a,b']);
    assert.deepEqual(await store(), { content_hash, outcome: 'stored' });
    assert.deepEqual(await store(), { content_hash, outcome: 'merged' });
    await home.json(['delete', content_hash]);
    assert.deepEqual(await store(), { content_hash, outcome: 'revived' });
  });

  it('keeps text, tags, type, metadata, project, time and marks', async () => {
    await home.json([
      'store',
      '  Deploy with make ship  ',
      '--tags',
      'Deploy,howto',
      '--tags',
      'ops',
      '--type',
      'decision',
      '--metadata',
      '{"ticket":7}',
      '--project',
      'shop',
      '--created',
      '2026-01-31T14:00:00Z',
      '--pin',
      '--local-only',
    ]);
    const [memory] = await list();
    assert.ok(memory);
    assert.equal(memory.content, '  Deploy with make ship  ');
    assert.deepEqual(memory.tags.toSorted(), ['deploy', 'howto', 'ops', 'proj:shop']);
    assert.equal(memory.memory_type, 'decision');
    assert.deepEqual(memory.metadata, { ticket: 7 });
    assert.equal(memory.created_at, Date.UTC(2026, 0, 31, 14) / 1000);
    assert.deepEqual([memory.pinned, memory.local_only], [true, true]);
    assert.equal(memory.source?.client, 'cli');
  });

  it('reads standard input where the text is absent or "-", and leaves out one line break', async () => {
    await home.json(['store'], { stdin: 'first line\nsecond line\n' });
    await home.json(['store', '-'], { stdin: 'with two breaks\r\n\r\n' });
    assert.deepEqual(
      (await list()).map(({ content }) => content),
      ['first line\nsecond line', 'with two breaks\r\n'],
    );
  });

  it('refuses standard input that is not UTF-8', async () => {
    const { code, stderr } = await home.run(['store'], { stdin: Uint8Array.of(0x66, 0xff, 0xfe) });
    assert.equal(code, 2);
    assert.match(stderr, /not text in UTF-8/);
  });

  it('refuses an empty memory with what to do next', async () => {
    const { code, stdout, stderr } = await home.run(['store', ' \n', '--json']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.deepEqual(JSON.parse(stderr), {
      error: { code: 'invalid-input', message: 'The memory is empty.', nextStep: 'Give it some text.' },
    });
  });

  describe('--jsonl', () => {
    const jsonl = (lines: readonly unknown[]) =>
      lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');

    it('stores each line, with defaults from the options', async () => {
      const file = path.join(home.folder, 'memories.jsonl');
      await writeFile(
        file,
        jsonl([
          {
            content: 'one',
            tags: ['a'],
            memory_type: 'note',
            metadata: { n: 1 },
            created_at: 1000.5,
            project: 'x',
          },
          '',
          { content: 'two', tags: 'b, c', created_at: '1970-01-02T00:00:00Z', memory_type: null, unknown: 1 },
          { content: 'with \u2028 inside', created_at: '1970-01-03' },
        ]),
      );
      const result = await home.json(['store', '--jsonl', file, '--tags', 'all', '--type', 'reference']);
      assert.deepEqual(result, { stored: 3, merged: 0, revived: 0, failed: [] });
      const [one, two, three] = await list();
      assert.ok(one && two && three);
      assert.deepEqual(one.tags.toSorted(), ['a', 'all', 'proj:x']);
      assert.deepEqual([one.memory_type, one.metadata, one.created_at], ['note', { n: 1 }, 1000.5]);
      assert.deepEqual(two.tags.toSorted(), ['all', 'b', 'c']);
      assert.deepEqual([two.memory_type, two.created_at], ['reference', 86_400]);
      assert.deepEqual([three.content, three.created_at], ['with \u2028 inside', 172_800]);
    });

    it('stores the good lines and names the broken ones', async () => {
      const stdin = Buffer.concat([
        Buffer.from(
          jsonl([
            '\ufeff{"content":"good"}',
            '{"content":',
            { text: 'no content' },
            { content: '  ' },
            { content: 'ok', tags: 5 },
            { content: 'ok', created_at: 'yesterday' },
            { content: 'ok', metadata: [] },
          ]) + '\n',
        ),
        Buffer.from([0xff, 0x0a]),
        Buffer.from('{"content":"good"}\n{"content":"better"}'),
      ]);
      const { code, stdout, stderr } = await home.run(['store', '--jsonl', '-', '--json'], { stdin });
      assert.equal(code, 2);
      assert.equal(stderr, '');
      const { failed, ...counts } = JSON.parse(stdout) as { failed: { line: number; error: string }[] };
      assert.deepEqual(counts, { stored: 2, merged: 1, revived: 0 });
      assert.deepEqual(
        failed.map(({ line }) => line),
        [2, 3, 4, 5, 6, 7, 8],
      );
      const errors = failed.map(({ error }) => error);
      for (const [i, pattern] of [
        /JSON/,
        /content: must be a text/,
        /empty/,
        /tags: must be/,
        /created_at: must be/,
        /metadata/,
        /UTF-8/,
      ].entries())
        assert.match(errors[i] ?? '', pattern);
    });

    it('says file, line and what is wrong to a person, and a summary', async () => {
      const file = path.join(home.folder, 'bad.jsonl');
      await writeFile(file, '{"content":"good"}\nnot json\n');
      const { code, stdout, stderr } = await home.run(['store', '--jsonl', file]);
      assert.equal(code, 2);
      assert.match(stderr, /bad\.jsonl:2: It is not JSON/);
      assert.equal(stdout, '1 memory stored, 0 known already, 0 revived, 1 line refused\n');
    });

    it('streams thousands of lines, a refused one among them, and leaves their vectors for later', async () => {
      const lines = Array.from({ length: 2500 }, (_, i) => ({ content: i === 1234 ? '' : `memory ${i}` }));
      const { code, stdout, stderr } = await home.run(['store', '--jsonl', '-', '--json'], {
        stdin: jsonl(lines),
      });
      assert.equal(code, 2);
      assert.deepEqual(JSON.parse(stdout), {
        stored: 2499,
        merged: 0,
        revived: 0,
        failed: [{ line: 1235, error: 'The memory is empty.' }],
      });
      assert.match(stderr, /edge-memory embed/);
    });

    it('says that a file cannot be read', async () => {
      const { code, stderr } = await home.run(['store', '--jsonl', path.join(home.folder, 'none.jsonl')]);
      assert.equal(code, 2);
      assert.match(stderr, /none\.jsonl cannot be read: no such file/);
    });

    it('does not take a text too', async () => {
      const { code } = await home.run(['store', 'text', '--jsonl', '-']);
      assert.equal(code, 2);
    });
  });

  it('loses nothing when four processes store at once', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const numbers = [0, 1, 2];
    await Promise.all(
      names.map(async (name) => {
        for (const i of numbers) await home.json(['store', `${name}${i}`, '--tags', name]);
      }),
    );
    assert.deepEqual(
      (await list()).map(({ content }) => content).toSorted(),
      names.flatMap((name) => numbers.map((i) => `${name}${i}`)),
    );
  });
}).timeout(60_000);
