import assert from 'node:assert/strict';
import { readPermissions } from '../emulator/auth.ts';
import { useCliOnCloudflare } from './cliFixture.ts';

describe('edge-memory connect with a token that may only read', function () {
  // Each test starts the command several times.
  this.timeout(180_000);
  const cloud = useCliOnCloudflare();
  const readOnly = () => cloud.environment(cloud.token({ permissions: readPermissions }));

  it('finds memories, and stores none', async () => {
    await cloud.makeResources();
    await cloud.json(['connect'], { env: cloud.environment(cloud.token()) });
    await cloud.json(['store', 'a memory of the team'], { env: cloud.environment(cloud.token()) });
    const env = readOnly();
    const facts = await cloud.json<{ read_only: boolean }>(['connect', '--no-bucket'], { env });
    assert.equal(facts.read_only, true);
    const { results } = await cloud.json<{ results: object[] }>(['search', 'team'], { env });
    assert.equal(results.length, 1);
    const failed = await cloud.failure(['store', 'another one'], { env });
    assert.equal(failed.code, 'forbidden');
    assert.match(failed.message, /“D1 Edit”/);
  });

  it('can not prepare a new database, and says so', async () => {
    await cloud.makeResources();
    const env = readOnly();
    const failed = await cloud.failure(['connect', '--yes', '--no-bucket'], { env });
    assert.equal(failed.code, 'forbidden');
    assert.match(failed.message, /does not have Edge Memory’s tables yet/);
    assert.equal(cloud.readConfig(), undefined);
  });

  it('finds memories of mcp-memory-service that were never prepared, without adding anything', async () => {
    await cloud.makeResources();
    await cloud.service(['the build server is called heron']);
    const before = await cloud.schema();
    const env = readOnly();
    const facts = await cloud.json<{ read_only: boolean }>(['connect', '--yes', '--no-bucket'], { env });
    assert.equal(facts.read_only, true);
    const { results } = await cloud.json<{ results: object[] }>(['search', 'heron'], { env });
    assert.equal(results.length, 1);
    const failed = await cloud.failure(['store', 'another one'], { env });
    assert.match(`${failed.message} ${failed.nextStep}`, /may not write.*Connect once.*“D1 Edit”/);
    assert.deepEqual(await cloud.schema(), before);
  });
});
