import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { NAMES, useCliOnCloudflare } from './cliFixture.ts';

/** To connect, and to fill in what another program stored. */
const MOST_REQUESTS = 20;

describe('edge-memory connect, to what is there', function () {
  // Each test starts the command several times.
  this.timeout(180_000);
  const cloud = useCliOnCloudflare();

  it('keeps to the jurisdiction of a database that another machine connected', async () => {
    const env = cloud.environment(cloud.token());
    await cloud.json(['connect', '--jurisdiction', 'eu'], { env });
    const large = `a long one ${'x'.repeat(1_100_000)}`;
    const { content_hash: hash } = await cloud.json<{ content_hash: string }>(['store'], {
      env,
      stdin: large,
    });
    rmSync(path.join(cloud.dataFolder, 'config.json'));
    const { stderr } = await cloud.run(['connect'], { env });
    assert.match(stderr, /mcp-memory-db, .*, jurisdiction eu/);
    const { active } = cloud.readConfig() as { active: Record<string, unknown> };
    assert.deepEqual([active['bucket'], active['jurisdiction']], [NAMES.bucket, 'eu']);
    const { buckets } = await cloud.ask<{ buckets: object[] }>('GET', '/r2/buckets');
    assert.deepEqual(buckets, [], 'nothing is made outside of it');
    const { stdout } = await cloud.run(['show', '--content', hash], { env });
    assert.equal(stdout, large);
  });

  it('recognises memories by their tables in a database of another name, and makes none beside it unasked', async () => {
    const config = { dimensions: 768, metric: 'cosine' };
    await Promise.all([
      cloud.ask('POST', '/d1/database', { name: 'shop' }),
      cloud.ask('POST', '/d1/database', { name: 'notes' }),
      cloud.ask('POST', '/vectorize/v2/indexes', { name: NAMES.index, config }),
      cloud.ask('POST', '/r2/buckets', { name: NAMES.bucket }),
    ]);
    await cloud.service(['the build server is called heron'], 'notes');
    const env = cloud.environment(cloud.token());
    const refused = await cloud.failure(['connect', '--no-bucket'], { env });
    assert.match(refused.message, /no database mcp-memory-db, and notes holds memories; nothing was changed/);
    assert.match(refused.nextStep, /--database-name notes/);
    const { value, requests } = await cloud.traffic(() =>
      cloud.run(['connect', '--no-bucket', '--database-name', 'notes', '--yes'], { env }),
    );
    assert.equal(value.code, 0, value.stderr);
    assert.ok(requests <= MOST_REQUESTS, `${requests} requests`);
    const { active } = cloud.readConfig() as { active: { database: { name: string } } };
    assert.equal(active.database.name, 'notes');
    const asked = await cloud.run(['connect', '--no-bucket', '--yes'], { env });
    assert.match(asked.stderr, /memories in +notes: use it with --database-name/);
    assert.equal((await cloud.ask<unknown[]>('GET', '/d1/database')).length, 3);
  });

  it('keeps how the variables tune it, which other variables still override', async () => {
    const env = { ...cloud.environment(cloud.token()), CLOUDFLARE_MAX_RETRIES: '5' };
    await cloud.json(['connect'], { env: { ...env, CLOUDFLARE_LARGE_CONTENT_THRESHOLD: '300' } });
    const { active } = cloud.readConfig() as { active: Record<string, unknown> };
    assert.deepEqual([active['maxRetries'], active['largeContentBytes']], [5, 300]);
    const places = async (): Promise<unknown[]> =>
      (await cloud.sql('SELECT r2_key IS NULL AS here FROM memories ORDER BY id')).map((row) => row['here']);
    await cloud.json(['store', 'x'.repeat(400)], { env });
    await cloud.json(['store', 'y'.repeat(400)], {
      env: { ...env, CLOUDFLARE_LARGE_CONTENT_THRESHOLD: '500' },
    });
    assert.deepEqual(await places(), [0, 1]);
  });
});
