import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import Cloudflare from 'cloudflare';
import { longText, useCloud } from './cloudStoreFixture.ts';
import { Wrangler } from './wrangler.ts';

describe('what the cloud store wrote, read with Cloudflare’s own clients', function () {
  this.timeout(60_000);
  const cloud = useCloud();
  const nameOf = (resource: string): string => resource.split('/').at(-1) ?? '';

  it('by the SDK: the record, its vectors and their metadata, and large content', async () => {
    const store = await cloud.open();
    const short = await store.store({
      content: 'Deploys go out on Tuesdays',
      tags: ['a', 'b'],
      memoryType: 'decision',
    });
    const text = longText(1_100_000, { start: 'large', end: 'the end' });
    const large = await store.store({ content: text });
    const { emulator, resources } = cloud;
    const account_id = emulator.accountId;
    const client = new Cloudflare({ baseURL: emulator.baseUrl, apiToken: emulator.token, maxRetries: 0 });

    const sql = 'SELECT content, tags, vector_id FROM memories WHERE content_hash = ?';
    const rows: unknown[] = [];
    const query = { account_id, sql, params: [short.contentHash] };
    for await (const { results = [] } of client.d1.database.query(nameOf(resources.database), query))
      rows.push(...results);
    assert.deepEqual(rows, [
      { content: 'Deploys go out on Tuesdays', tags: 'a,b', vector_id: short.contentHash },
    ]);

    const { indexes } = client.vectorize;
    const name = nameOf(resources.index);
    const [vector] = (await indexes.getByIDs(name, { account_id, ids: [short.contentHash] })) as {
      values: number[];
      metadata: Record<string, string>;
    }[];
    assert.equal(vector?.values.length, 768);
    const { created_at, ...metadata } = vector.metadata;
    assert.deepEqual(metadata, { content_hash: short.contentHash, memory_type: 'decision', tags: 'a,b' });
    assert.match(created_at ?? '', /^\d{4}-\d\d-\d\dT/);
    const found = await indexes.query(name, { account_id, vector: vector.values, topK: 1 });
    assert.equal(found?.matches?.[0]?.id, short.contentHash);
    const chunks = await indexes.info(`${name}-chunks`, { account_id });
    assert.ok((chunks?.vectorCount ?? 0) > 100);

    const at = { account_id, bucket_name: nameOf(resources.bucket) };
    const object = await client.r2.buckets.objects.get(`content/${large.contentHash}.txt`, at);
    assert.equal(await object.text(), text);
  });

  it('by wrangler: rows and large content', async () => {
    const store = await cloud.open();
    await store.store({ content: 'Releases “go out” on Fridays; never before 9', tags: ['release'] });
    const text = longText(1_100_000, { start: 'large', end: 'the end' });
    const { contentHash } = await store.store({ content: text });
    const wrangler = await Wrangler.create(cloud.emulator);
    try {
      const name = await databaseName();
      const command = "SELECT content, tags FROM memories WHERE tags = 'release'";
      const printed = await wrangler.run(
        'd1',
        'execute',
        name,
        '--remote',
        '--yes',
        '--json',
        '--command',
        command,
      );
      const [entry] = JSON.parse(printed) as { results: unknown }[];
      assert.deepEqual(entry?.results, [
        { content: 'Releases “go out” on Fridays; never before 9', tags: 'release' },
      ]);
      const target = path.join(wrangler.folder, 'content');
      const object = `${nameOf(cloud.resources.bucket)}/content/${contentHash}.txt`;
      await wrangler.run('r2', 'object', 'get', object, '--remote', '--file', target);
      assert.equal(await readFile(target, 'utf8'), text);
    } finally {
      await wrangler.remove();
    }
  });

  /** wrangler looks databases up by their name. */
  const databaseName = async (): Promise<string> => {
    const client = new Cloudflare({ baseURL: cloud.emulator.baseUrl, apiToken: cloud.emulator.token });
    const { name = '' } = await client.d1.database.get(nameOf(cloud.resources.database), {
      account_id: cloud.emulator.accountId,
    });
    return name;
  };
});
