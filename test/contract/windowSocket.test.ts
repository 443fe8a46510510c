import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createServer } from '../../src/mcp/createServer.ts';
import { readWindowRecords, writeWindowRecord } from '../../src/local/windowRecords.ts';
import { type SocketHost, startSocketHost } from '../../src/vscode/mcp/socketHost.ts';
import { itWithstandsAttacks, poster } from './mcpAttacks.ts';
import { temporaryFolder } from '../unit/support/temporaryFolder.ts';
import { useStore } from '../unit/support/testStore.ts';

const call = (name: string, args: object): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } });

describe('the socket of a window', () => {
  const memories = useStore();
  const dataFolder = temporaryFolder();
  const hosts: SocketHost[] = [];
  let host: SocketHost;

  const start = async (): Promise<SocketHost> => {
    const created = await startSocketHost(dataFolder(), ['/work/shop'], () =>
      createServer(() => Promise.resolve(memories.store), {
        version: '0.0.0',
        client: 'agent',
        settings: {},
      }),
    );
    hosts.push(created);
    return created;
  };
  beforeEach(async () => {
    host = await start();
  });
  afterEach(() => {
    for (const each of hosts.splice(0)) each.dispose();
  });

  const place = () => ({ at: { socketPath: host.record.socket }, secret: host.record.nonce });
  const post = poster(place);
  const isServed = async () => assert.equal((await post()).status, 200);

  it('lies in a folder of its own that only its owner enters, with a short path', async function () {
    if (process.platform === 'win32') this.skip();
    const { socket } = host.record;
    assert.ok(Buffer.byteLength(socket) <= 100, socket);
    assert.equal((await stat(path.dirname(socket))).mode & 0o777, 0o700);
    assert.equal((await stat(socket)).mode & 0o777, 0o600);
  });

  it('is named, with its nonce, in a file beside the database that only its owner reads', async () => {
    const file = path.join(dataFolder('windows'), `${host.record.id}.json`);
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), host.record);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(path.dirname(file))).mode & 0o777, 0o700);
    assert.ok(host.record.nonce.length >= 43);
  });

  itWithstandsAttacks(place, 41);

  it('takes 200 calls at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        post(
          {},
          call(
            i % 2 === 0 ? 'memory_store' : 'memory_search',
            i % 2 === 0 ? { content: `parallel ${i}`, force: true } : { query: `parallel ${i}` },
          ),
        ),
      ),
    );
    assert.deepEqual(
      answers.filter(({ status, body }) => status !== 200 || body.includes('"isError":true')),
      [],
    );
    assert.equal(await memories.store.count({}), 100);
  }).timeout(120_000);

  it('is gone with the window, with all that names it', async () => {
    const { socket } = host.record;
    host.dispose();
    assert.ok(!existsSync(path.dirname(socket)));
    assert.deepEqual(await readdir(dataFolder('windows')), []);
    await assert.rejects(post());
  });

  it('takes away what a killed window left, and nothing else', async () => {
    const stale = { ...host.record, id: 'stale', socket: dataFolder('gone', 's') };
    await writeWindowRecord(dataFolder(), stale);
    const precious = dataFolder('precious');
    await mkdir(precious);
    await writeFile(path.join(precious, 'file'), 'kept');
    await writeWindowRecord(dataFolder(), { ...stale, id: 'forged', socket: path.join(precious, 'file') });
    const other = await start();
    const ids = (await readWindowRecords(dataFolder())).map(({ id }) => id);
    assert.deepEqual(ids.sort(), [host.record.id, other.record.id].sort());
    assert.equal(await readFile(path.join(precious, 'file'), 'utf8'), 'kept');
    await isServed();
  });
});
