import assert from 'node:assert/strict';
import { keywordWay } from '../support/testStore.ts';
import { type CliHome, makeCliHome, requireWeights } from './runCli.ts';

interface Result {
  readonly memory: Record<string, unknown>;
  readonly score: number;
  readonly match: string;
  readonly snippet: string;
  readonly marks: readonly (readonly [number, number])[];
}

interface SearchOutput {
  readonly results: readonly Result[];
  readonly mode: Record<string, unknown>;
}

interface ListOutput {
  readonly memories: readonly Record<string, unknown>[];
  readonly next: string | null;
}

const contents = (results: readonly Record<string, unknown>[]) => results.map(({ content }) => content);

describe('edge-memory search, list and show', () => {
  let home: CliHome;

  before(async () => {
    await requireWeights();
    home = await makeCliHome();
    const lines = [
      { content: 'Use WAL for SQLite', tags: 'db,sqlite', memory_type: 'decision', created_at: '2026-01-01' },
      { content: 'The database is locked: raise the timeout', tags: 'db', created_at: '2026-01-02' },
      { content: 'Deploy with make ship', tags: 'ops', project: 'shop', created_at: '2026-01-03' },
    ];
    await home.json(['store', '--jsonl', '-'], { stdin: lines.map((l) => JSON.stringify(l)).join('\n') });
  });
  after(() => home.remove());

  const search = async (...args: string[]) => (await home.json(['search', ...args])) as SearchOutput;
  const list = async (...args: string[]) => (await home.json(['list', ...args])) as ListOutput;

  it('finds by words and by meaning, with score, reason, snippet and marks', async () => {
    const { results, mode } = await search('sqlite');
    const [first] = results;
    assert.ok(first);
    const { memory, score, match, snippet, marks } = first;
    assert.equal(memory['content'], 'Use WAL for SQLite');
    assert.deepEqual(memory['tags'], ['db', 'sqlite']);
    assert.equal(memory['memory_type'], 'decision');
    assert.deepEqual(memory['metadata'], {});
    assert.match(String(memory['content_hash']), /^[0-9a-f]{64}$/);
    assert.equal(memory['created_at'], Date.UTC(2026, 0, 1) / 1000);
    assert.ok(score > 0 && score <= 1);
    assert.equal(match, 'both');
    assert.deepEqual(
      marks.map(([start, end]) => snippet.slice(start, end)),
      ['SQLite'],
    );
    assert.deepEqual([mode['keyword'], mode['reduced_because']], [keywordWay, null]);
    assert.equal(typeof mode['meaning'], 'string');
  });

  it('finds by meaning alone what was stored a moment ago', async () => {
    await home.json(['store', 'The cat sleeps on the sofa']);
    const { results } = await search('--mode', 'meaning', 'a pet is resting on furniture', '--limit', '1');
    assert.equal(results[0]?.memory['content'], 'The cat sleeps on the sofa');
    await home.json(['delete', String(results[0].memory['content_hash'])]);
  });

  it('takes a mode, a limit and filters', async () => {
    const found = async (...args: string[]) => contents((await search(...args)).results.map((r) => r.memory));
    const keyword = ['--mode', 'keyword'];
    assert.deepEqual(await found(...keyword, 'database', 'sqlite', '--limit', '1', '--type', 'decision'), [
      'Use WAL for SQLite',
    ]);
    assert.deepEqual(await found(...keyword, 'sqlite locked', '--tags', 'db,sqlite', '--tag-match', 'all'), [
      'Use WAL for SQLite',
    ]);
    assert.deepEqual(await found(...keyword, 'deploy', '--project', 'shop'), ['Deploy with make ship']);
    assert.deepEqual(await found(...keyword, 'deploy', '--tags', 'db'), []);
    assert.deepEqual(await found('--mode', 'exact', 'ase is lock'), [
      'The database is locked: raise the timeout',
    ]);
    const words = 'sqlite database deploy';
    assert.deepEqual(await found(...keyword, words, '--time', '2026-01-02'), [
      'The database is locked: raise the timeout',
    ]);
    assert.deepEqual(await found(...keyword, words, '--after', '2026-01-02', '--before', '2026-01-03'), [
      'The database is locked: raise the timeout',
    ]);
  });

  it('takes what begins with a hyphen after --, and a long query from standard input', async () => {
    assert.equal((await home.run(['search', '--json', '--', '--force'])).code, 0);
    const stdin = `${'sqlite '.repeat(20_000)}\n`;
    assert.equal((await home.run(['search', '-', '--json'], { stdin })).code, 0);
  });

  it('tells a person when nothing matches, and what to try; that is no failure', async () => {
    const { code, stdout } = await home.run(['search', 'zebra', '--mode', 'keyword', '--tags', 'db']);
    assert.equal(code, 0);
    assert.equal(stdout, 'No memory matches “zebra”.\nTry it without the filters, or with fewer words.\n');
    const empty = await home.run(['search', 'zebra', '--database', `${home.folder}/empty.db`]);
    assert.match(empty.stdout, /no memories yet.*edge-memory store/);
  });

  it('says so where the model does not know the language of the question', async () => {
    const { stdout } = await home.run(['search', '数据库在哪里']);
    assert.match(
      stdout,
      /^No memory matches “数据库在哪里”\.\nSearched by .*keyword only: .+ does not know this language\)?\.\nTry/,
    );
    const { mode } = await search('数据库在哪里');
    assert.deepEqual([mode['keyword'], mode['meaning']], [keywordWay, null]);
  });

  it('prints hits for a person: hash, score, reason, tags, snippet, mode', async () => {
    const { stdout } = await home.run(['search', 'wal', '--mode', 'keyword']);
    assert.match(
      stdout,
      /^[0-9a-f]{12} {2}1\.00 keyword {2}.+ ago decision #db #sqlite\n {2}Use WAL for SQLite\n1 memory, (keyword|whole words)\n$/,
    );
  });

  it('lists page by page, newest first or oldest first', async () => {
    const first = await list('--limit', '2');
    assert.deepEqual(contents(first.memories), [
      'Deploy with make ship',
      'The database is locked: raise the timeout',
    ]);
    assert.ok(first.next);
    const second = await list('--limit', '2', '--cursor', first.next);
    assert.deepEqual([contents(second.memories), second.next], [['Use WAL for SQLite'], null]);
    assert.deepEqual(contents((await list('--order', 'oldest', '--limit', '1')).memories), [
      'Use WAL for SQLite',
    ]);
    assert.deepEqual(contents((await list('--tags', 'ops')).memories), ['Deploy with make ship']);
    const { stdout } = await home.run(['list', '--limit', '1']);
    assert.match(
      stdout,
      /^[0-9a-f]{12} {2}.+ ago +Deploy with make ship {2}@shop #ops\nThere are more: --cursor \S+\n$/,
    );
  });

  it('shows a memory by the beginning of its hash, in capitals too', async () => {
    const shown = (await home.json(['show', '621BF1945FD3'])) as { memory: Record<string, unknown> };
    assert.equal(shown.memory['content'], 'Use WAL for SQLite');
    for (const field of ['updated_at', 'content_size', 'pinned', 'local_only', 'source', 'deleted_at'])
      assert.ok(field in shown.memory, field);
    const { stdout } = await home.run(['show', '621bf1945fd3']);
    assert.match(
      stdout,
      /memory +621bf1945fd3da0e[^]*created +2026-01-01 00:00:00[^]*\n\nUse WAL for SQLite\n$/,
    );
    assert.equal((await home.run(['show', '621bf', '--content'])).stdout, 'Use WAL for SQLite');
  });

  it('says that there is no such memory, and what cannot be a hash', async () => {
    const missing = await home.run(['show', 'abcdef', '--json']);
    assert.equal(missing.code, 1);
    assert.equal((JSON.parse(missing.stderr) as { error: { code: string } }).error.code, 'not-found');
    assert.equal((await home.run(['show', 'xyz'])).code, 2);
  });

  it('refuses a beginning that several memories share', async () => {
    // Two texts whose SHA-256 begin with the same four digits, found by trying.
    await home.json(['store', '--jsonl', '-'], {
      stdin: '{"content":"collision 113","tags":"pair"}\n{"content":"collision 235","tags":"pair"}',
    });
    const { code, stderr } = await home.run(['delete', '44c4', '--yes']);
    assert.equal(code, 2);
    assert.match(stderr, /beginning of several memories: [0-9a-f]{16}, [0-9a-f]{16}/);
    assert.equal((await list('--tags', 'pair')).memories.length, 2);
  });
}).timeout(60_000);
