import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { NAMES, useCliOnCloudflare } from './cliFixture.ts';

const MOST_REQUESTS = 16;

describe('edge-memory connect, beside memories of another database', function () {
  // Each test starts the command several times.
  this.timeout(180_000);
  const cloud = useCliOnCloudflare();
  const connected = (): readonly unknown[] => {
    const { active } = cloud.readConfig() as { active: Record<string, unknown> };
    return [active['index'], active['bucket']];
  };
  const asAnotherMachine = (): void => rmSync(path.join(cloud.dataFolder, 'config.json'));

  it(`gives a new database an index and a bucket of its own, in at most ${MOST_REQUESTS} requests`, async () => {
    const env = cloud.environment(cloud.token());
    await cloud.json(['connect'], { env });
    await cloud.json(['store', 'the first heron'], { env });
    const { requests } = await cloud.traffic(() =>
      cloud.json(['connect', '--database-name', 'Work notes', '--no-copy'], { env }),
    );
    assert.ok(requests <= MOST_REQUESTS, `${requests} requests`);
    assert.deepEqual(connected(), ['work-notes-index', 'work-notes-content']);
    await cloud.json(['store', 'the second otter'], { env });
    await cloud.json(['repair'], { env });
    const { vectorCount } = await cloud.ask<{ vectorCount: number }>(
      'GET',
      `/vectorize/v2/indexes/${NAMES.index}/info`,
    );
    assert.equal(vectorCount, 1);
  });

  it('gives the usual database others than the usual ones, where those hold what is not its own', async () => {
    const config = { dimensions: 768, metric: 'cosine' };
    await Promise.all([
      cloud.ask('POST', '/d1/database', { name: 'shop' }),
      cloud.ask('POST', '/vectorize/v2/indexes', { name: NAMES.index, config }),
      cloud.ask('POST', '/r2/buckets', { name: NAMES.bucket }),
    ]);
    await cloud.service(['the build server is called heron', 'x'.repeat(1_100_000)], 'shop');
    const env = cloud.environment(cloud.token());
    const { requests } = await cloud.traffic(() => cloud.json(['connect', '--yes'], { env }));
    assert.ok(requests <= MOST_REQUESTS, `${requests} requests`);
    assert.deepEqual(connected(), [`${NAMES.database}-index`, `${NAMES.database}-content`]);
  });

  it('finds on another machine by itself what a database was connected with', async () => {
    const env = cloud.environment(cloud.token());
    await cloud.json(['connect', '--index', 'team', '--r2-bucket', 'team-content'], { env });
    await cloud.json(['store', 'the first heron'], { env });
    asAnotherMachine();
    await cloud.json(['connect'], { env });
    assert.deepEqual(connected(), ['team', 'team-content']);
    const indexes = await cloud.ask<{ name: string }[]>('GET', '/vectorize/v2/indexes');
    assert.deepEqual(
      indexes.map(({ name }) => name),
      ['team'],
    );
  });

  it('says so where an index is named that holds vectors of other memories', async () => {
    const env = cloud.environment(cloud.token());
    await cloud.json(['connect'], { env });
    await cloud.json(['store', 'the first heron'], { env });
    const { stderr } = await cloud.run(
      ['connect', '--database-name', 'work', '--index', NAMES.index, '--no-copy', '--yes'],
      { env },
    );
    assert.match(stderr, /index +mcp-memory-index, 1 vector of other memories: .*without --index/);
  });
});
