import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NAMES, useCliOnCloudflare } from './cliFixture.ts';

interface Check {
  readonly part: string;
  readonly state: string;
  readonly ms: number;
  readonly detail: string;
  readonly next_step: string | null;
  readonly [fact: string]: unknown;
}
interface Health {
  readonly healthy: boolean;
  readonly backend: string | null;
  readonly checks: readonly Check[];
}

describe('edge-memory health', function () {
  // Each test starts the command several times.
  this.timeout(180_000);
  const cloud = useCliOnCloudflare();
  let env: Record<string, string>;

  const health = async (more: Record<string, string> = {}) => {
    const { code, stdout } = await cloud.run(['health', '--json'], {
      env: { ...env, CLOUDFLARE_MAX_RETRIES: '0', ...more },
    });
    const answer = JSON.parse(stdout) as Health;
    const part = (name: string): Check =>
      answer.checks.find((each) => each.part === name) ?? assert.fail(`no check of ${name}`);
    return { code, answer, part };
  };

  describe('of the memories in Cloudflare', () => {
    beforeEach(async () => {
      env = cloud.environment(cloud.token());
      await cloud.json(['connect'], { env });
    });

    it('tries each part once, with its time, counts and limits, and changes nothing', async () => {
      await cloud.json(['store', 'the staging server restarts on Sundays'], { env });
      const { value, entries } = await cloud.traffic(() => health());
      assert.equal(value.code, 0);
      assert.equal(value.answer.backend, 'cloudflare');
      for (const check of value.answer.checks) {
        assert.equal(check.state, 'healthy', check.detail);
        assert.ok(check.ms >= 0);
      }
      const { part } = value;
      assert.equal(part('token')['owner'], 'user');
      assert.deepEqual([part('D1')['memories'], part('D1')['pending']], [1, 0]);
      assert.ok(Number(part('D1')['bytes']) > 0);
      const { dimensions, metric, vectors, stored_dimensions: stored } = part('Vectorize');
      assert.deepEqual([dimensions, metric, vectors, stored], [768, 'cosine', 1, 768]);
      assert.equal(part('Vectorize')['free_plan_dimensions'], 5_000_000);
      assert.equal(part('R2')['bucket'], NAMES.bucket);
      assert.equal(part('Workers AI')['dimensions'], 768);
      assert.ok(entries.length <= 11, `${entries.length} requests`);
      const { stdout } = await cloud.run(['health'], { env });
      assert.match(stdout, /✔ D1 +mcp-memory-db: 1 memory, .* MB .*\d+ ms/);
    });

    for (const [what, part, fault, expected] of [
      ['D1 is overloaded', 'D1', { kind: 'd1-overloaded', path: /\/query$/ }, /overloaded.*Try again/],
      ['Vectorize fails', 'Vectorize', { kind: 'server-error', path: /\/info$/ }, /failed.*cloudflarestatus/],
      ['R2 fails', 'R2', { kind: 'reset', path: /\/r2\// }, /could not be reached.*network/],
      [
        'Workers AI is used up',
        'Workers AI',
        { kind: 'ai-daily-limit', path: /\/ai\/run\// },
        /used up.*00:00 UTC/,
      ],
    ] as const)
      it(`tells that ${what}, and that the other parts work`, async () => {
        cloud.emulator.faults.add(fault);
        const { code, answer, part: partOf } = await health();
        assert.deepEqual([code, answer.healthy], [1, false]);
        assert.match(`${partOf(part).detail} ${partOf(part).next_step ?? ''}`, expected);
        assert.deepEqual(
          answer.checks.filter(({ state }) => state !== 'healthy').map((check) => check.part),
          [part],
        );
      });

    it('tells what is missing, does not fit, or will end soon', async () => {
      const backend = { MCP_MEMORY_STORAGE_BACKEND: 'cloudflare' };
      const guide = { ...(await cloud.guideEnvironment()), ...backend };
      const missing = await health({ ...guide, CLOUDFLARE_D1_DATABASE_ID: '' });
      assert.equal(missing.code, 1);
      assert.match(missing.part('settings').detail, /CLOUDFLARE_D1_DATABASE_ID is not set/);
      const other = await health({ ...guide, CLOUDFLARE_EMBEDDING_MODEL: '@cf/baai/bge-large-en-v1.5' });
      assert.match(other.part('Vectorize').detail, /has 768 dimensions .* needs 1024/);
      const gone = await health({ ...guide, CLOUDFLARE_VECTORIZE_INDEX: 'nowhere' });
      assert.match(gone.part('Vectorize').next_step ?? '', /Check CLOUDFLARE_VECTORIZE_INDEX/);
      const soon = cloud.token({ expiresOn: new Date(Date.now() + 3 * 86_400_000) });
      const expiring = await health({ CLOUDFLARE_API_TOKEN: soon });
      assert.deepEqual([expiring.code, expiring.part('token').state], [0, 'warning']);
      assert.match(expiring.part('token').next_step ?? '', /Make a new token/);
    });

    it('says how to add a bucket where none is connected', async () => {
      await cloud.json(['connect', '--no-bucket'], { env });
      const { code, part } = await health();
      assert.deepEqual([code, part('R2').state, part('R2')['bucket']], [0, 'healthy', null]);
      assert.match(part('R2').next_step ?? '', /enable R2 .*edge-memory connect/);
    });

    it('tells that memories wait for their vector', async () => {
      cloud.emulator.faults.add({ kind: 'ai-daily-limit', path: /\/ai\/run\//, times: 1 });
      await cloud.run(['store', 'stored on a busy day'], { env });
      const { code, part } = await health();
      assert.deepEqual([code, part('D1').state, part('D1')['pending']], [0, 'warning', 1]);
      assert.match(part('D1').next_step ?? '', /edge-memory embed/);
      const repaired = await cloud.json(['repair', '--paid-plan'], { env });
      assert.deepEqual(repaired, { found: [], left: [], pending: 0 });
    });

    it('verify finds what does not agree, and repair mends it', async () => {
      await cloud.json(['store', 'the staging server restarts on Sundays', '--tags', 'ops'], { env });
      assert.equal((await cloud.run(['verify'], { env })).code, 0);
      await cloud.sql(`UPDATE memories SET tags = 'wrong'`);
      await cloud.sql(`INSERT INTO tags (name) VALUES ('nobody')`);
      const { code, stdout } = await cloud.run(['verify'], { env });
      assert.equal(code, 1);
      assert.match(
        stdout,
        /1 memory checked\.\n1 memory lists other tags than it has[^]*1 tag has no memory +nobody/,
      );
      assert.match(stdout, /edge-memory repair/);
      const repaired = await cloud.json<{ found: object[]; left: object[] }>(['repair'], { env });
      assert.deepEqual([repaired.found.length, repaired.left.length], [2, 0]);
      assert.equal((await cloud.run(['verify'], { env })).code, 0);
    });
  });

  describe('of the memories on this machine', () => {
    beforeEach(() => {
      env = { EDGE_MEMORY_DATABASE: cloud.home.database };
    });

    it('looks at the file, the full text, the embedder and what waits', async () => {
      await cloud.json(['store', 'a local fact'], { env });
      const { code, answer, part } = await health();
      assert.deepEqual([code, answer.backend], [0, 'local']);
      assert.deepEqual(
        answer.checks.map((check) => check.part),
        ['file', 'integrity', 'full text', 'embedder', 'vectors'],
      );
      assert.equal(part('file')['memories'], 1);
      assert.deepEqual([part('vectors')['embedded'], part('vectors')['pending']], [1, 0]);
      assert.equal((await cloud.run(['verify'], { env })).code, 0);
    });

    it('tells that the file is damaged', async () => {
      const stdin = Array.from({ length: 300 }, (_, i) => `{"content":"fact ${i} ${'x'.repeat(300)}"}`).join(
        '\n',
      );
      await cloud.json(['store', '--jsonl', '-'], { env, stdin });
      const bytes = readFileSync(cloud.home.database);
      // Pages in the middle, of records: the head of the file, with the schema, stays as it is.
      bytes.fill(0x5a, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 20 * 4096);
      writeFileSync(cloud.home.database, bytes);
      const { code, answer } = await health();
      assert.equal(code, 1);
      const wrong = answer.checks.filter(({ state }) => state === 'unhealthy');
      assert.ok(wrong.some(({ detail }) => detail.includes('damaged')));
      assert.ok(wrong.every((check) => check.next_step));
    });

    it('tells that config.json makes no sense, and disconnect mends it', async () => {
      env = { EDGE_MEMORY_DATABASE: '' };
      await cloud.json(['store', 'a local fact'], { env });
      writeFileSync(path.join(cloud.dataFolder, 'config.json'), '{');
      const { code, part } = await health();
      assert.equal(code, 1);
      assert.match(part('settings').detail, /config\.json/);
      await cloud.json(['disconnect'], { env });
      assert.equal((await health()).code, 0);
    });
  });
});
