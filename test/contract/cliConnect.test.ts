import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { mainScript } from '../unit/cli/runCli.ts';
import { NAMES, useCliOnCloudflare } from './cliFixture.ts';
import { connectAtTerminal, hasScript } from './cliTerminal.ts';

interface Connected {
  readonly database: { readonly id: string; readonly name: string };
  readonly bucket: string | null;
  readonly without_bucket: string | null;
  readonly made: readonly string[];
  readonly memories: number;
  readonly bookmark: string | null;
}

const MOST_REQUESTS = 16;
/** For the words and the vectors of a first page of memories that another program stored. */
const FILLING = 4;

describe('edge-memory connect', function () {
  // Each test starts the command several times.
  this.timeout(180_000);
  const cloud = useCliOnCloudflare();

  describe('in a new account', () => {
    it(`makes what is missing in at most ${MOST_REQUESTS} requests, and every command then uses it`, async () => {
      const env = cloud.environment(cloud.token());
      const { value, requests } = await cloud.traffic(() => cloud.json<Connected>(['connect'], { env }));
      assert.ok(requests <= MOST_REQUESTS, `${requests} requests`);
      assert.deepEqual(value.made, [
        `the database ${NAMES.database}`,
        `the Vectorize index ${NAMES.index}`,
        `the R2 bucket ${NAMES.bucket}`,
      ]);
      assert.deepEqual(cloud.readConfig(), {
        active: {
          account: cloud.account.id,
          accountName: cloud.account.name,
          database: { id: (await cloud.databaseCalled(NAMES.database)).uuid, name: NAMES.database },
          index: NAMES.index,
          bucket: NAMES.bucket,
          model: '@cf/baai/bge-base-en-v1.5',
          pooling: 'mean',
          dimensions: 768,
          baseDelay: 0.01,
        },
      });
      if (process.platform !== 'win32')
        assert.equal(statSync(path.join(cloud.dataFolder, 'config.json')).mode & 0o777, 0o600);
      await cloud.json(['store', 'the staging server restarts on Sundays'], { env });
      assert.deepEqual(
        (await cloud.sql('SELECT content FROM memories')).map((row) => row['content']),
        ['the staging server restarts on Sundays'],
      );
    });

    it('keeps what is connected in the data folder that VS Code names to its terminals', async () => {
      const elsewhere = path.join(cloud.home.folder, 'elsewhere');
      const env = { ...cloud.environment(cloud.token()), EDGE_MEMORY_DATA_FOLDER: elsewhere };
      await cloud.json(['connect'], { env });
      assert.ok(readdirSync(elsewhere).includes('config.json'));
      await cloud.json(['store', 'as the window shows it'], { env });
      assert.equal((await cloud.sql('SELECT content FROM memories')).length, 1);
    });

    it('says what it will use and what leaves the machine, and does no more where it was done before', async () => {
      const env = cloud.environment(cloud.token());
      const first = await cloud.run(['connect'], { env });
      assert.equal(first.code, 0, first.stderr);
      for (const pattern of [
        /account +Account \d+ \(acc0+\d+\)/,
        /token +valid/,
        /database +mcp-memory-db, will be created/,
        /index +mcp-memory-index, will be created/,
        /bucket +mcp-memory-content, will be created/,
        /model +@cf\/baai\/bge-base-en-v1\.5, 768 dimensions/,
        /sent there/,
        /Creating the database mcp-memory-db/,
      ])
        assert.match(first.stderr, pattern);
      const { value, requests } = await cloud.traffic(() => cloud.json<Connected>(['connect'], { env }));
      assert.deepEqual(value.made, []);
      assert.ok(requests <= 10, `${requests} requests`);
    });

    it('takes the token from standard input and leaves it nowhere, neither in files nor in arguments', async () => {
      const token = cloud.token();
      const child = spawn(process.execPath, [mainScript, 'connect', '--json'], {
        env: { ...cloud.home.env, ...cloud.environment() },
      });
      child.stdin.write(`${token}\n`);
      if (process.platform === 'linux')
        assert.ok(!readFileSync(`/proc/${child.pid ?? 0}/cmdline`, 'utf8').includes(token));
      child.stdin.end();
      const [printed, said, code] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close').then((ended) => ended[0] as number),
      ]);
      assert.equal(code, 0, said);
      assert.ok(!(printed + said).includes(token));
      assert.deepEqual(readdirSync(cloud.dataFolder), ['config.json']);
    });

    it('uses the names, the place and the jurisdiction that it is given', async () => {
      const env = cloud.environment(cloud.token());
      const names = ['--database-name', 'team-db', '--index', 'team-index', '--r2-bucket', 'team-bucket'];
      const place = ['--location', 'weur', '--jurisdiction', 'eu'];
      await cloud.json(['connect', ...names, ...place], { env });
      const { active } = cloud.readConfig() as { active: Record<string, unknown> };
      assert.deepEqual(
        [active['index'], active['bucket'], active['jurisdiction']],
        ['team-index', 'team-bucket', 'eu'],
      );
      const { uuid } = await cloud.databaseCalled('team-db');
      const database = await cloud.ask<{ jurisdiction: string }>('GET', `/d1/database/${uuid}`);
      assert.equal(database.jurisdiction, 'eu');
      assert.equal((await cloud.run(['connect', '--location', 'moon'], { env })).code, 2);
    });

    it('makes a database once where the answer to its making was lost', async () => {
      cloud.emulator.faults.add({
        kind: 'reset',
        method: 'POST',
        path: /\/d1\/database$/,
        times: 1,
        applied: true,
      });
      await cloud.json(['connect', '--no-bucket'], { env: cloud.environment(cloud.token()) });
      const databases = await cloud.ask<unknown[]>('GET', '/d1/database');
      assert.equal(databases.length, 1);
    });
  });

  describe('with memories of mcp-memory-service', () => {
    const OLD = ['the build server is called heron', 'backups are made at four in the morning'];
    beforeEach(() => cloud.makeResources());

    it('changes nothing before somebody agreed, and says what it would add', async () => {
      await cloud.service(OLD);
      await cloud.sql(`UPDATE memories SET vector_id = NULL WHERE content = '${OLD[0] ?? ''}'`);
      const before = await cloud.schema();
      const env = cloud.environment(cloud.token());
      const refused = await cloud.failure(['connect'], { env });
      assert.equal(refused.exit, 2);
      assert.match(refused.message, /holds 2 memories of mcp-memory-service; nothing was changed/);
      assert.match(refused.nextStep, /--yes/);
      const shown = await cloud.run(['connect'], { env });
      assert.match(shown.stderr, /2 memories of mcp-memory-service; 1 without a vector/);
      assert.match(
        shown.stderr,
        /to add +where the token may write, .*about 16 rows written .*100,000 a day.* MB/,
      );
      assert.match(
        shown.stderr,
        /undo +npx wrangler d1 time-travel restore mcp-memory-db --bookmark=[0-9a-f-]+/,
      );
      assert.deepEqual(await cloud.schema(), before);
      assert.equal(cloud.readConfig(), undefined);
    });

    it(`adds its tables with --yes in at most ${MOST_REQUESTS} requests and ${FILLING} to fill them; both programs find all memories`, async () => {
      const service = await cloud.service(OLD);
      const env = cloud.environment(cloud.token());
      const { value, requests } = await cloud.traffic(() =>
        cloud.json<Connected>(['connect', '--yes'], { env }),
      );
      assert.ok(requests <= MOST_REQUESTS + FILLING, `${requests} requests`);
      assert.deepEqual([value.made, value.memories], [[], 2]);
      assert.match(value.bookmark ?? '', /^[0-9a-f]{8}-/);
      const found = await cloud.json<{ results: { memory: { content: string } }[] }>(
        ['search', 'heron', '--mode', 'keyword'],
        { env },
      );
      assert.deepEqual(
        found.results.map(({ memory }) => memory.content),
        OLD.slice(0, 1),
      );
      await cloud.json(['store', 'the new database is called wren'], { env });
      assert.equal((await service.list(10)).length, 3);
      assert.deepEqual(
        (await service.retrieve('what is the build server called', 3)).map(({ content }) => content).sort(),
        [...OLD, 'the new database is called wren'].sort(),
      );
    });

    it('indexes more rows than one request takes, and goes on where it was interrupted', async () => {
      await cloud.service([]);
      const rows = Array.from({ length: 4500 }, (_, i) => ({ h: `hash${i}`, c: `memory number ${i}` }));
      await cloud.sql(
        `INSERT INTO memories (content_hash, content, created_at, created_at_iso)
          SELECT value->>'h', value->>'c', 1.0, '1970-01-01T00:00:01Z' FROM json_each(?)`,
        JSON.stringify(rows),
      );
      const env = { ...cloud.environment(cloud.token()), CLOUDFLARE_MAX_RETRIES: '0' };
      // Its own table is there: the second range does not get through.
      cloud.emulator.faults.add({ kind: 'd1-overloaded', path: /\/query$/, skip: 6, times: 1 });
      const failed = await cloud.failure(['connect', '--yes'], { env });
      assert.equal(failed.code, 'busy');
      const filled = async (): Promise<unknown> =>
        (await cloud.sql('SELECT count(*) AS n FROM em_words'))[0]?.['n'];
      assert.equal(await filled(), 2000);
      await cloud.json(['connect'], { env });
      assert.equal(await filled(), 4500);
    });

    it('keeps the model that its vectors are made by', async () => {
      await cloud.service(OLD);
      const env = cloud.environment(cloud.token());
      const gemma = ['--model', '@cf/google/embeddinggemma-300m'];
      const refused = await cloud.failure(['connect', '--yes', ...gemma], { env });
      assert.equal(refused.code, 'misconfigured');
      assert.match(refused.message, /made by @cf\/baai\/bge-base-en-v1\.5/);
      assert.equal(cloud.readConfig(), undefined);
    });

    it('asks at a terminal, where the token is typed without being shown', async function () {
      if (!hasScript()) this.skip();
      await cloud.service(OLD);
      const token = cloud.token();
      const before = await cloud.schema();
      const refused = await connectAtTerminal(cloud, token, 'n\n');
      assert.equal(refused.code, 1, refused.printed);
      assert.match(
        refused.printed,
        /Add Edge Memory’s tables to mcp-memory-db\? \[y\/N\][^]*Nothing was changed/,
      );
      assert.deepEqual(await cloud.schema(), before);
      const agreed = await connectAtTerminal(cloud, token, 'y\n');
      assert.equal(agreed.code, 0, agreed.printed);
      assert.notDeepEqual(await cloud.schema(), before);
    });
  });

  describe('refuses, and says what to do,', () => {
    const refusal = async (args: readonly string[], env: Record<string, string>, expected: RegExp) => {
      const { message, nextStep } = await cloud.failure(['connect', ...args], { env });
      assert.match(`${message} ${nextStep}`, expected);
      assert.equal(cloud.readConfig(), undefined);
    };

    it('tokens that are expired, not yet valid, disabled or unknown', async () => {
      const day = 86_400_000;
      for (const [options, expected] of [
        [{ expiresOn: new Date(Date.now() - day) }, /expired on .*Set CLOUDFLARE_API_TOKEN/],
        [{ notBefore: new Date(Date.now() + day) }, /not valid before .*Set CLOUDFLARE_API_TOKEN/],
        [{ disabled: true }, /is disabled/],
      ] as const)
        await refusal([], cloud.environment(cloud.token(options)), expected);
      await refusal(
        [],
        cloud.environment(`cfut_${'0'.repeat(40)}`),
        /did not accept .*Set CLOUDFLARE_API_TOKEN/,
      );
      await refusal([], cloud.environment(), /No API token was given.*CLOUDFLARE_API_TOKEN/);
    });

    it('a token that lacks a permission, naming it, with the lines for an administrator', async () => {
      const readOnly = cloud.token({
        permissions: ['D1 Read', 'Vectorize Read', 'Workers AI Read', 'Account Settings Read'],
      });
      const env = cloud.environment(readOnly);
      const { code, stderr } = await cloud.run(['connect'], { env });
      const { stderr: inEurope } = await cloud.run(['connect', '--jurisdiction', 'eu'], { env });
      assert.match(inEurope, /npx wrangler d1 create mcp-memory-db --jurisdiction=eu\n/);
      assert.notEqual(code, 0);
      assert.match(stderr, /lacks the permission “(D1|Vectorize) Edit”/);
      assert.match(stderr, /npx wrangler d1 create mcp-memory-db\n/);
      assert.match(stderr, /npx wrangler vectorize create mcp-memory-index --dimensions=768 --metric=cosine/);
      const withoutAi = cloud.token({ permissions: ['D1 Edit', 'Vectorize Edit', 'Account Settings Read'] });
      await refusal([], cloud.environment(withoutAi), /lacks the permission “Workers AI Read”/);
    });

    it('to choose among several accounts, or to guess one', async () => {
      const several = cloud.environment(cloud.token({}, 1));
      await refusal([], several, /reaches several accounts: .*Account \d+.*Choose one with --account/);
      await refusal(['--account', 'nobody'], several, /no account “nobody”; it reaches/);
      const silent = cloud.environment(
        cloud.token({ permissions: ['D1 Edit', 'Vectorize Edit', 'Workers AI Read'] }),
      );
      await refusal([], silent, /lists no account.*--account/);
      const { bucket, without_bucket } = await cloud.json<Connected>(['connect'], {
        env: { ...silent, CLOUDFLARE_ACCOUNT_ID: cloud.account.id },
      });
      assert.equal(bucket, null);
      assert.match(without_bucket ?? '', /Workers R2 Storage Edit/);
    });

    it('an index of other dimensions, a database that is not there, and --database', async () => {
      await cloud.ask('POST', '/vectorize/v2/indexes', {
        name: NAMES.index,
        config: { dimensions: 384, metric: 'cosine' },
      });
      const env = cloud.environment(cloud.token());
      await refusal([], env, /has 384 dimensions and the metric cosine; .* needs 768/);
      const id = '00000000-0000-4000-8000-000000000000';
      await refusal([], { ...env, CLOUDFLARE_D1_DATABASE_ID: id }, /no D1 database with the ID 0000/);
      await refusal(['--database', 'mcp-memory-db'], env, /--database-name/);
    });
  });

  it('verifies a token that its account owns, and chooses the account by name', async () => {
    const owned = cloud.token({ kind: 'account' });
    const { value, requests } = await cloud.traffic(() =>
      cloud.json<Connected>(['connect'], { env: cloud.environment(owned) }),
    );
    assert.equal(value.made.length, 3);
    assert.ok(requests <= MOST_REQUESTS, `${requests} requests`);
    await cloud.json(['connect', '--account', cloud.account.name], {
      env: cloud.environment(cloud.token({}, 2)),
    });
  });

  it('connects without a bucket where R2 is not enabled, and says why', async () => {
    cloud.emulator.settings.r2Enabled = false;
    try {
      const env = cloud.environment(cloud.token());
      const { bucket, without_bucket } = await cloud.json<Connected>(['connect'], { env });
      assert.equal(bucket, null);
      assert.match(without_bucket ?? '', /R2 is not enabled/);
    } finally {
      cloud.emulator.settings.r2Enabled = true;
    }
  });

  it('rebuilds the index for another model, which every command then uses', async () => {
    const env = cloud.environment(cloud.token());
    await cloud.json(['connect'], { env });
    await cloud.json(['store', 'Der Server steht im Keller und ist sehr laut'], { env });
    const unasked = await cloud.failure(['rebuild-index', '--model', '@cf/baai/bge-m3'], { env });
    assert.match(unasked.message, /sends the text of every memory to Workers AI; nothing was changed/);
    const done = await cloud.json<{ index: string; embedded: number }>(
      ['rebuild-index', '--model', '@cf/baai/bge-m3', '--yes', '--remove-old'],
      { env },
    );
    assert.deepEqual([done.index, done.embedded], [`${NAMES.index}-v2`, 1]);
    const found = await cloud.json<{ results: { match: string }[] }>(['search', 'im Keller'], { env });
    assert.equal(found.results[0]?.match, 'both');
    const indexes = await cloud.ask<{ name: string }[]>('GET', '/vectorize/v2/indexes');
    assert.deepEqual(
      indexes.map(({ name }) => name),
      [done.index],
    );
    const { stdout } = await cloud.run(['health'], { env });
    assert.match(stdout, /mcp-memory-index-v2: 1 vector of 1024 dimensions/);
  });

  describe('and afterwards', () => {
    it('an error says that the token is missing; --local and disconnect lead back', async () => {
      const token = cloud.token();
      await cloud.json(['connect', '--no-bucket'], { env: cloud.environment(token) });
      const missing = await cloud.failure(['list'], { env: cloud.environment() });
      assert.equal(missing.code, 'misconfigured');
      assert.match(missing.message, /CLOUDFLARE_API_TOKEN is not set/);
      assert.match(missing.nextStep, /--local/);
      await cloud.json(['store', 'kept here', '--local'], { env: cloud.environment() });
      await cloud.json(['store', 'kept there'], { env: cloud.environment(token) });
      await cloud.json(['disconnect'], { env: cloud.environment() });
      const listed = await cloud.json<{ memories: { content: string }[] }>(['list'], {
        env: cloud.environment(token),
      });
      assert.deepEqual(
        listed.memories.map(({ content }) => content),
        ['kept here'],
      );
      assert.equal((await cloud.run(['disconnect'], { env: cloud.environment() })).code, 1);
    });

    it('disconnect --remove-tables leaves the database as the service made it', async () => {
      await cloud.makeResources();
      const service = await cloud.service(['the build server is called heron']);
      const before = await cloud.schema();
      const env = cloud.environment(cloud.token());
      await cloud.json(['connect', '--yes'], { env });
      await cloud.json(['store', 'the new database is called wren', '--pin'], { env });
      await cloud.json(['disconnect', '--remove-tables', '--yes'], { env });
      const after = await cloud.schema();
      assert.deepEqual(
        before.filter((sql) => !after.includes(sql)),
        [],
      );
      assert.deepEqual(
        after.filter((sql) => !before.includes(sql) && /\bem_/.test(sql)),
        [],
      );
      assert.equal((await service.list(10)).length, 2);
    });
  });
});
