import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../unit/support/temporaryFolder.ts';
import { NAMES, useCliOnCloudflare } from './cliFixture.ts';

interface Stored {
  readonly content_hash: string;
  readonly outcome: string;
}
interface Found {
  readonly results: readonly { readonly memory: { readonly content: string } }[];
  readonly mode: { readonly meaning: string | null };
}
interface Listed {
  readonly memories: readonly { readonly content: string; readonly pinned: boolean }[];
}

const contentsOf = ({ memories }: Listed): string[] => memories.map(({ content }) => content);

describe('edge-memory with MCP_MEMORY_STORAGE_BACKEND=cloudflare', function () {
  // Each test starts the command several times.
  this.timeout(180_000);
  const cloud = useCliOnCloudflare();
  const elsewhere = temporaryFolder();
  let env: Record<string, string>;

  beforeEach(async () => {
    await cloud.makeResources();
    env = await cloud.guideEnvironment();
  });

  /** A working directory with this `.env`, away from what the command must keep clean. */
  const folderWith = (dotEnv: Record<string, string>): string => {
    const lines = Object.entries(dotEnv).map(([name, value]) => `${name}="${value}"\n`);
    writeFileSync(elsewhere('.env'), lines.join(''));
    return elsewhere();
  };

  it('stores, searches, lists, shows, updates, deletes and restores there', async () => {
    const { content_hash: hash, outcome } = await cloud.json<Stored>(
      ['store', 'Deploy with make ship', '--tags', 'deploy,howto', '--type', 'note', '--project', 'heron'],
      { env },
    );
    assert.equal(outcome, 'stored');
    const found = await cloud.json<Found>(['search', 'how do we deploy', '--tags', 'howto'], { env });
    assert.equal(found.results[0]?.memory.content, 'Deploy with make ship');
    assert.match(found.mode.meaning ?? '', /Workers AI/);
    assert.match(
      (await cloud.run(['show', hash.slice(0, 8)], { env })).stdout,
      /#?deploy, howto[^]*make ship/,
    );
    await cloud.json(['update', hash, '--add-tags', 'ci', '--pin'], { env });
    for (const [command, expected] of [
      ['tags', ['ci', 'deploy', 'howto']],
      ['types', ['note']],
      ['projects', ['heron']],
    ] as const) {
      const answer = await cloud.json<Record<string, { name: string }[]>>([command], { env });
      assert.deepEqual(answer[command]?.map(({ name }) => name).sort(), expected);
    }
    await cloud.json(['delete', hash], { env });
    assert.deepEqual(contentsOf(await cloud.json<Listed>(['list'], { env })), []);
    assert.deepEqual(contentsOf(await cloud.json<Listed>(['list', '--deleted'], { env })), [
      'Deploy with make ship',
    ]);
    await cloud.json(['restore', hash], { env });
    const { memories } = await cloud.json<Listed>(['list', '--pinned'], { env });
    assert.equal(memories.length, 1);
    const again = await cloud.json<Found>(['search', 'shipping a release', '--mode', 'meaning'], { env });
    assert.equal(again.results.length, 1);
  });

  it('stores a JSONL file, counts and embeds what waits', async () => {
    const stdin = Array.from({ length: 40 }, (_, i) => JSON.stringify({ content: `fact number ${i}` })).join(
      '\n',
    );
    // Workers AI has no capacity for the first text: the memories are stored all the same.
    cloud.emulator.faults.add({ kind: 'ai-daily-limit', path: /\/ai\/run\//, times: 1 });
    const stored = await cloud.run(['store', '--jsonl', '-', '--json'], { env, stdin });
    assert.deepEqual(JSON.parse(stored.stdout), { stored: 40, merged: 0, revived: 0, failed: [] });
    assert.match(stored.stderr, /warning: Stored, and found by keyword only for now: Workers AI has used up/);
    assert.match(
      stored.stderr,
      /^The free plan allows 100,000 written rows a day and holds 6,510 vectors: a memory/,
    );
    assert.deepEqual(await cloud.json(['embed'], { env }), { embedded: 40, pending: 0 });
    const paid = await cloud.run(['store', '--jsonl', '-', '--paid-plan'], { env, stdin });
    assert.doesNotMatch(paid.stderr, /free plan/);
    const stats = await cloud.json<{ live: number; embedding: object; store: object }>(['stats'], { env });
    assert.equal(stats.live, 40);
    assert.deepEqual(stats.embedding, {
      space: '@cf/baai/bge-base-en-v1.5:mean',
      embedded: 40,
      pending: 0,
    });
    assert.deepEqual(stats.store, {
      backend: 'cloudflare',
      account: cloud.account.id,
      database: env['CLOUDFLARE_D1_DATABASE_ID'],
      database_name: null,
      index: NAMES.index,
      bucket: NAMES.bucket,
    });
  });

  it('keeps large content in R2', async () => {
    const content = `A long report. ${'All is well. '.repeat(100_000)}`;
    const { content_hash: hash } = await cloud.json<Stored>(['store', '-'], { env, stdin: content });
    const shown = await cloud.run(['show', hash, '--content'], { env });
    assert.ok(shown.stdout === content, 'another content');
    const objects = await cloud.ask<{ key: string }[]>('GET', `/r2/buckets/${NAMES.bucket}/objects`);
    assert.deepEqual(
      objects.map(({ key }) => key),
      [`content/${hash}.txt`],
    );
  });

  it('pays for an embedding once, in all processes together', async () => {
    const paid = async (...args: string[]): Promise<number> => {
      const { entries } = await cloud.traffic(() => cloud.json(args, { env }));
      return entries.filter(({ path: asked }) => asked.includes('/ai/run/')).length;
    };
    assert.equal(await paid('search', 'the same question'), 1);
    assert.equal(await paid('search', 'the same question'), 0);
    assert.equal(await paid('store', 'the same question'), 0);
    assert.ok(existsSync(path.join(cloud.dataFolder, 'embeddings.db')));
    writeFileSync(path.join(cloud.dataFolder, 'embeddings.db'), 'damaged');
    assert.equal(await paid('search', 'the same question'), 1);
  });

  it('asks for its state and the index at once, then for what it was called for', async () => {
    await cloud.json(['store', 'first'], { env });
    // Far enough apart to tell what was sent together, on a slow machine too.
    cloud.emulator.settings.latencyMs = 300;
    const traffic = async (...args: string[]) => {
      const { requests, roundTrips } = await cloud.traffic(() => cloud.json(args, { env }));
      return [requests, roundTrips];
    };
    try {
      assert.deepEqual(await traffic('list'), [3, 2]);
      assert.deepEqual(await traffic('tags'), [3, 2]);
      const [requests = 0, roundTrips = 0] = await traffic('store', 'second', '--tags', 'a,b,c,d');
      assert.ok(requests <= 5 && roundTrips <= 3, `${requests} requests, ${roundTrips} round trips`);
    } finally {
      cloud.emulator.settings.latencyMs = 0;
    }
  });

  it('treats hybrid as direct, and sqlite_vec and --local as the memories on this machine', async () => {
    await cloud.json(['store', 'in the cloud'], { env });
    const hybrid = { ...env, MCP_MEMORY_STORAGE_BACKEND: 'hybrid', LOG_LEVEL: 'INFO' };
    const { stdout, stderr } = await cloud.run(['list', '--json'], { env: hybrid });
    assert.deepEqual(contentsOf(JSON.parse(stdout) as Listed), ['in the cloud']);
    assert.match(stderr, /Storage backend: cloudflare \(hybrid: directly, without a local copy\)/);
    for (const local of [{ ...env, MCP_MEMORY_STORAGE_BACKEND: 'sqlite_vec' }, env])
      assert.deepEqual(
        contentsOf(await cloud.json<Listed>(['list', ...(local === env ? ['--local'] : [])], { env: local })),
        [],
      );
  });

  it('has no files to name and no backups, and says so', async () => {
    const file = await cloud.failure(['list', '--database', 'x.db'], { env });
    assert.equal(file.exit, 2);
    assert.match(`${file.message} ${file.nextStep}`, /--database names a file.*--local/);
    const backups = await cloud.failure(['backup'], { env });
    assert.match(`${backups.message} ${backups.nextStep}`, /on this machine only.*--local.*time-travel/);
  });

  it('keeps its tables out of another program’s database until connect was run', async () => {
    await cloud.service(['the build server is called heron']);
    const before = await cloud.schema();
    const { code, message, nextStep } = await cloud.failure(['list'], { env });
    assert.equal(code, 'misconfigured');
    assert.match(`${message} ${nextStep}`, /holds 1 memory of mcp-memory-service.*edge-memory connect/);
    assert.deepEqual(await cloud.schema(), before);
    // The same variables say what to connect.
    await cloud.json(['connect', '--yes'], { env });
    assert.deepEqual(contentsOf(await cloud.json<Listed>(['list'], { env })), [
      'the build server is called heron',
    ]);
  });

  describe('takes the variables from a file', () => {
    it('.env in the working directory, which it names, or --env-file; the environment wins', async () => {
      await cloud.json(['store', 'in the cloud'], { env });
      const others = { EDGE_MEMORY_DATABASE: '' };
      const cwd = folderWith(env);
      const { stdout, stderr } = await cloud.run(['list', '--json'], { env: others, cwd });
      assert.deepEqual(contentsOf(JSON.parse(stdout) as Listed), ['in the cloud']);
      assert.match(stderr, /^Memories in Cloudflare, as .*\.env says\n$/);
      const named = ['--env-file', path.join(cwd, '.env')];
      assert.deepEqual(contentsOf(await cloud.json<Listed>(['list', ...named], { env: others })), [
        'in the cloud',
      ]);
      const wins = await cloud.failure(['list'], {
        env: { ...others, CLOUDFLARE_VECTORIZE_INDEX: 'elsewhere' },
        cwd,
      });
      assert.match(wins.message, /no Vectorize index elsewhere/);
      // Node itself looks whether the file exists, wherever the option stands.
      const absent = await cloud.run(['list', '--env-file', 'absent.env'], { env: others });
      assert.notEqual(absent.code, 0);
      assert.match(absent.stderr, /absent\.env/);
    });

    it('but never the address of the API for a token that comes from elsewhere', async () => {
      const { CLOUDFLARE_API_TOKEN: token = '', CLOUDFLARE_API_BASE_URL: baseUrl = '', ...rest } = env;
      const cwd = folderWith({ ...rest, CLOUDFLARE_API_BASE_URL: baseUrl });
      const { entries } = await cloud.traffic(() =>
        cloud.run(['list'], {
          // Whatever it asks instead, it must not get out of this test.
          env: {
            EDGE_MEMORY_DATABASE: '',
            CLOUDFLARE_API_TOKEN: token,
            CLOUDFLARE_MAX_RETRIES: '0',
            HTTPS_PROXY: 'http://127.0.0.1:9',
          },
          cwd,
        }),
      );
      assert.deepEqual(entries, []);
    });
  });

  describe('logs', () => {
    const content = 'the vault is behind the picture';

    it('nothing as a rule', async () => {
      assert.equal((await cloud.run(['store', content], { env })).stderr, '');
    });

    it('what it works on, once it has looked at it, with LOG_LEVEL=INFO', async () => {
      const { stderr } = await cloud.run(['store', content], { env: { ...env, LOG_LEVEL: 'INFO' } });
      assert.deepEqual(stderr.trimEnd().split('\n'), [
        'info: Storage backend: cloudflare',
        `info: D1 database: ${env['CLOUDFLARE_D1_DATABASE_ID'] ?? ''}, schema ready`,
        `info: Vectorize index: ${NAMES.index}, 768 dimensions, cosine`,
        `info: R2 bucket: ${NAMES.bucket}`,
        'info: Successfully initialized, with the embedding model @cf/baai/bge-base-en-v1.5:mean',
      ]);
    });

    for (const how of ['--debug', 'LOG_LEVEL=DEBUG'])
      it(`each request, and neither contents nor vectors nor the token, with ${how}`, async () => {
        const { stderr } = await cloud.run(['store', content, ...(how === '--debug' ? [how] : [])], {
          env: { ...env, ...(how !== '--debug' && { LOG_LEVEL: 'DEBUG' }) },
        });
        assert.match(stderr, /POST \/accounts\/\w+\/d1\/database\/[\w-]+\/query 200 \d+ ms, ray /);
        assert.ok(!stderr.includes('vault'));
        assert.doesNotMatch(stderr, /0\.\d{5}/);
      });
  });

  describe('says what is wrong, and what to do:', () => {
    const saying = async (more: Record<string, string>, expected: RegExp, code: string) => {
      const failure = await cloud.failure(['search', 'x'], { env: { ...env, ...more } });
      assert.match(`${failure.message} ${failure.nextStep}`, expected);
      assert.equal(failure.code, code);
    };

    it('settings that are missing or no numbers', async () => {
      await saying(
        { CLOUDFLARE_VECTORIZE_INDEX: '', CLOUDFLARE_API_TOKEN: ' ' },
        /CLOUDFLARE_API_TOKEN, CLOUDFLARE_VECTORIZE_INDEX are not set.*\.env/,
        'misconfigured',
      );
      await saying({ CLOUDFLARE_MAX_RETRIES: 'many' }, /CLOUDFLARE_MAX_RETRIES is “many”/, 'misconfigured');
    });

    it('an index, a database or an account that is not there', async () => {
      await saying(
        { CLOUDFLARE_VECTORIZE_INDEX: 'nowhere' },
        /no Vectorize index nowhere.*Check CLOUDFLARE_VECTORIZE_INDEX, or run edge-memory connect/,
        'misconfigured',
      );
      await saying(
        { CLOUDFLARE_D1_DATABASE_ID: '00000000-0000-4000-8000-000000000000' },
        /no database 0000.*Check CLOUDFLARE_D1_DATABASE_ID/,
        'misconfigured',
      );
      await saying({ CLOUDFLARE_ACCOUNT_ID: 'f'.repeat(32) }, /may not use .* in this account/, 'forbidden');
    });

    it('a model that does not fit the index, or the vectors that are there', async () => {
      await saying(
        { CLOUDFLARE_EMBEDDING_MODEL: '@cf/baai/bge-large-en-v1.5' },
        /has 768 dimensions and the metric cosine; the embedding model needs 1024/,
        'misconfigured',
      );
    });

    it('a rate that stayed limited after the retries', async () => {
      await cloud.json(['list'], { env });
      cloud.emulator.faults.add({ kind: 'd1-overloaded', path: /\/query$/, retryAfterSeconds: 0 });
      await saying({ CLOUDFLARE_MAX_RETRIES: '2' }, /after 2 retries.*Try again in a minute/, 'busy');
      cloud.emulator.faults.clear();
      cloud.emulator.faults.add({ kind: 'throttled', retryAfterSeconds: 0 });
      await saying(
        { CLOUDFLARE_MAX_RETRIES: '2' },
        /limited the rate .*after 2 retries.*Wait/,
        'rate-limited',
      );
    });
  });
});
