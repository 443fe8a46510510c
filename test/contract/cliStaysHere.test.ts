import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { openLocalStore } from '../../src/local/openLocalStore.ts';
import { databaseIn } from '../../src/local/paths.ts';
import { mainScript } from '../unit/cli/runCli.ts';
import { bagOfWords } from '../unit/support/bagOfWords.ts';
import { answerOf } from '../unit/mcp/mcpClient.ts';
import { useCliOnCloudflare } from './cliFixture.ts';

interface Stored {
  readonly content_hash: string;
  readonly outcome: string;
}
interface Shown {
  readonly memory: { readonly content: string; readonly local_only: boolean; readonly tags: string[] };
}

describe('what stays on this machine, in the terminal while Cloudflare is connected', function () {
  // Each test starts the command several times.
  this.timeout(180_000);
  const cloud = useCliOnCloudflare();
  let env: Record<string, string>;

  beforeEach(async () => {
    await cloud.makeResources();
    env = await cloud.guideEnvironment();
    await cloud.json(['stats'], { env });
    cloud.emulator.log.clear();
    cloud.emulator.log.keepsBodies = true;
  });

  /** As “Keep on This Machine” of the editor does for a project. */
  const keepProjectHere = async (project: string): Promise<void> => {
    const store = await openLocalStore(
      { database: databaseIn(cloud.dataFolder), weightsDirectory: '', background: false },
      bagOfWords(),
    );
    await store.keepProjectLocal(project, true);
    await store.close();
  };

  /** Neither a request nor a row has any of these words, nor are there vectors. */
  const neverLeft = async (...words: string[]): Promise<void> => {
    const { entries } = cloud.emulator.log;
    assert.ok(entries.length > 0);
    for (const { method, path, body } of entries)
      for (const word of words) {
        assert.ok(!path.includes(word), `${word} in ${method} ${path}`);
        assert.ok(!Buffer.from(body ?? []).includes(word), `${word} in the body of ${method} ${path}`);
      }
    const rows = [
      await cloud.sql('SELECT * FROM memories'),
      await cloud.sql('SELECT * FROM tags'),
      await cloud.sql('SELECT * FROM em_info'),
      await cloud.sql('SELECT * FROM em_vectors'),
    ];
    for (const word of words) assert.ok(!JSON.stringify(rows).includes(word), `${word} in D1`);
  };

  const listedHere = async (): Promise<string[]> => {
    const { memories } = await cloud.json<{ memories: { content: string }[] }>(['list', '--local'], { env });
    return memories.map(({ content }) => content);
  };

  it('store --local-only keeps it here and says so; search, show, update, delete and restore find it', async () => {
    const run = await cloud.run(
      ['store', 'the alarm code is zanzibar', '--tags', 'heimlich', '--local-only', '--json'],
      { env },
    );
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stderr, /Stored on this machine only, as asked/);
    const { content_hash: hash } = JSON.parse(run.stdout) as Stored;
    const { memory } = await cloud.json<Shown>(['show', hash.slice(0, 10)], { env });
    assert.deepEqual([memory.content, memory.local_only], ['the alarm code is zanzibar', true]);
    const { results } = await cloud.json<{ results: Shown[] }>(['search', 'what is the code of the alarm'], {
      env,
    });
    assert.deepEqual(
      results.map((found) => found.memory.content),
      ['the alarm code is zanzibar'],
    );
    const stats = await cloud.json<{ embedding: { embedded: number } }>(['stats', '--local'], { env });
    assert.equal(stats.embedding.embedded, 1, 'found by meaning, too');
    const changed = await cloud.json<Shown>(['update', hash, '--add-tags', 'tresor'], { env });
    assert.deepEqual(changed.memory.tags, ['heimlich', 'tresor']);
    // The same text again, without the mark, is the same memory.
    const again = await cloud.json<Stored>(['store', 'the alarm code is zanzibar'], { env });
    assert.equal(again.outcome, 'merged');
    await cloud.json(['delete', hash], { env });
    assert.deepEqual(await listedHere(), []);
    await cloud.json(['restore', hash], { env });
    assert.deepEqual(await listedHere(), ['the alarm code is zanzibar']);
    await neverLeft('zanzibar', 'heimlich', 'tresor');
  });

  it('a project that is kept here stays: of one memory, and in a file among others', async () => {
    await keepProjectHere('hush');
    await cloud.json(['store', 'zanzibar one', '--project', 'hush'], { env });
    const stdin = [
      { content: 'may leave' },
      { content: 'zanzibar two', project: 'HUSH' },
      { content: 'zanzibar three', tags: 'proj:hush,heimlich' },
    ];
    const result = await cloud.json<Record<string, unknown>>(['store', '--jsonl', '-'], {
      env,
      stdin: stdin.map((line) => JSON.stringify(line)).join('\n'),
    });
    assert.deepEqual(result, { stored: 3, merged: 0, revived: 0, failed: [] });
    assert.deepEqual((await listedHere()).sort(), ['zanzibar one', 'zanzibar three', 'zanzibar two']);
    const listed = await cloud.json<{ memories: { content: string }[] }>(['list'], { env });
    assert.deepEqual(
      listed.memories.map(({ content }) => content),
      ['may leave'],
    );
    await neverLeft('zanzibar', 'heimlich');
  });

  it('what lies in Cloudflare can not be marked, or moved into such a project: an error says so', async () => {
    await keepProjectHere('hush');
    const { content_hash: hash } = await cloud.json<Stored>(['store', 'has left'], { env });
    for (const change of [['--local-only'], ['--project', 'hush'], ['--add-tags', 'proj:hush']]) {
      const { code, message, nextStep } = await cloud.failure(['update', hash, ...change], { env });
      assert.equal(code, 'conflict');
      assert.match(message, /lies in your Cloudflare account/);
      assert.match(nextStep, /Delete it there, and store it again/);
    }
    const { memory } = await cloud.json<Shown>(['show', hash], { env });
    assert.deepEqual([memory.local_only, memory.tags], [false, []]);
  });

  it('agents of edge-memory mcp keep to it, and to look for memories like it sends no text of it', async () => {
    await keepProjectHere('hush');
    const client = new Client({ name: 'Test Agent', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [mainScript, 'mcp', '--project', 'hush'],
        env: Object.fromEntries(
          Object.entries({ ...cloud.home.env, ...env }).flatMap(([name, value = '']) => [[name, value]]),
        ),
        cwd: cloud.home.folder,
        stderr: 'ignore',
      }),
    );
    try {
      const call = async (name: string, given: Record<string, unknown>) =>
        answerOf(await client.callTool({ name, arguments: given }));
      const content = 'zanzibar is the harbour that our ships leave from';
      const { head } = await call('memory_store', { content });
      assert.equal(head['outcome'], 'stored');
      const { head: updated } = await call('memory_update', {
        content_hash: head['hash'],
        updates: { content: `${content} in June`, tags: ['heimlich'] },
      });
      assert.equal(updated['outcome'], 'updated');
      await call('memory_search', { query: 'harbour' });
    } finally {
      await client.close();
    }
    assert.deepEqual(await listedHere(), ['zanzibar is the harbour that our ships leave from in June']);
    await neverLeft('zanzibar', 'heimlich');
  });

  it('where the memories here can not be read nothing is stored; where there are none no file is made', async () => {
    await cloud.json(['store', 'may leave'], { env });
    const database = databaseIn(cloud.dataFolder);
    assert.ok(!existsSync(database));
    // A folder in its place can not be opened.
    mkdirSync(database, { recursive: true });
    const { message } = await cloud.failure(['store', 'zanzibar'], { env });
    assert.match(message, new RegExp(path.basename(database)));
    rmSync(database, { recursive: true });
    await neverLeft('zanzibar');
  });
});
