import assert from 'node:assert/strict';
import { useCliOnCloudflare } from './cliFixture.ts';
import { connectAtTerminal, hasScript } from './cliTerminal.ts';

describe('edge-memory connect with memories on this machine', function () {
  // Each test starts the command several times.
  this.timeout(180_000);
  const cloud = useCliOnCloudflare();

  const storeHere = async (memories: readonly object[]): Promise<void> => {
    const stdin = memories.map((memory) => JSON.stringify(memory)).join('\n');
    await cloud.json(['store', '--jsonl', '-', '--local'], { env: cloud.environment(), stdin });
    await cloud.json(['store', 'zanzibar stays', '--local-only', '--local'], { env: cloud.environment() });
  };
  const contentsThere = async (): Promise<string[]> =>
    (await cloud.sql('SELECT content FROM memories ORDER BY id')).map((row) => String(row['content']));

  it('copies none unasked, and says how; all that may leave with --copy, which says what the plan allows', async () => {
    await storeHere([{ content: 'one', tags: 'a,b', created_at: 1 }, { content: 'two' }]);
    const env = cloud.environment(cloud.token());
    const silent = await cloud.run(['connect'], { env });
    assert.equal(silent.code, 0, silent.stderr);
    assert.match(silent.stderr, /2 memories of this machine were not copied.*edge-memory connect --copy/);
    assert.deepEqual(await contentsThere(), []);
    cloud.emulator.log.clear();
    cloud.emulator.log.keepsBodies = true;
    const copying = await cloud.run(['connect', '--copy'], { env });
    assert.match(copying.stdout, /2 memories of this machine copied/);
    assert.match(
      copying.stderr,
      /allows 100,000 written rows a day and holds 6,510 vectors: this writes about 46 rows and adds at least 2 vectors/,
    );
    assert.deepEqual(await contentsThere(), ['one', 'two']);
    for (const { body } of cloud.emulator.log.entries)
      assert.ok(!Buffer.from(body ?? []).includes('zanzibar'), 'what stays here was sent');
    const { memories } = await cloud.json<{ memories: { tags: string[]; created_at: number }[] }>(
      ['list', '--tags', 'a'],
      { env },
    );
    assert.deepEqual(
      memories.map(({ tags, created_at }) => [tags, created_at]),
      [[['a', 'b'], 1]],
    );
    const again = await cloud.json<{ copied: number | null }>(['connect', '--copy'], { env });
    assert.equal(again.copied, 0);
  });

  it('goes on where copying was interrupted', async () => {
    await storeHere(Array.from({ length: 250 }, (_, i) => ({ content: `memory ${i}` })));
    const env = { ...cloud.environment(cloud.token()), CLOUDFLARE_MAX_RETRIES: '0' };
    await cloud.json(['connect', '--no-copy'], { env });
    const { entries } = await cloud.traffic(() => cloud.json(['connect', '--no-copy'], { env }));
    const skip = entries.filter(({ path }) => path.endsWith('/query') && path.includes('/d1/')).length;
    // What is there is listed, live and deleted; the second batch gets no answer.
    cloud.emulator.faults.add({
      kind: 'd1-overloaded',
      path: /\/d1\/.*\/query$/,
      skip: skip + 3,
      times: 1,
    });
    const stopped = await cloud.run(['connect', '--copy'], { env });
    assert.notEqual(stopped.code, 0);
    assert.match(stopped.stderr, /Connected; 200 of 250 memories were copied before it stopped/);
    assert.equal((await contentsThere()).length, 200);
    const { copied } = await cloud.json<{ copied: number }>(['connect', '--copy'], { env });
    assert.equal(copied, 50);
    assert.equal(new Set(await contentsThere()).size, 250);
  });

  it('copies all the others where one is too large for D1 and there is no bucket, and says what to do', async () => {
    await storeHere([
      { content: `a large one ${'and on '.repeat(200_000)}` },
      ...Array.from({ length: 250 }, (_, i) => ({ content: `memory ${i}` })),
    ]);
    const env = cloud.environment(cloud.token());
    const { code, stderr } = await cloud.run(['connect', '--copy', '--no-bucket'], { env });
    assert.notEqual(code, 0);
    assert.match(stderr, /Connected; 250 of 251 memories were copied\. /);
    assert.match(stderr, /All were copied but 1: The memory is too large.*no R2 bucket is connected/);
    assert.match(stderr, /Connect again and choose a bucket/);
    assert.equal(new Set(await contentsThere()).size, 250);
    const { copied } = await cloud.json<{ copied: number }>(['connect', '--copy'], { env });
    assert.equal(copied, 1);
  });

  it('asks at a terminal', async function () {
    if (!hasScript()) this.skip();
    await storeHere([{ content: 'one' }]);
    const refused = await connectAtTerminal(cloud, cloud.token(), 'n\n');
    assert.match(refused.printed, /Copy 1 memory of this machine to mcp-memory-db\?.*\[y\/N\]/);
    assert.deepEqual([refused.code, await contentsThere()], [0, []]);
    const agreed = await connectAtTerminal(cloud, cloud.token(), 'y\n');
    assert.match(agreed.printed, /1 memory of this machine copied/);
    assert.deepEqual(await contentsThere(), ['one']);
  });
});
