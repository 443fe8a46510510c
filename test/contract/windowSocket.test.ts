import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer } from '../../src/mcp/createServer.ts';
import { readWindowRecords, writeWindowRecord } from '../../src/local/windowRecords.ts';
import { type SocketHost, startSocketHost } from '../../src/vscode/mcp/socketHost.ts';
import { temporaryFolder } from '../unit/support/temporaryFolder.ts';
import { useStore } from '../unit/support/testStore.ts';

const list = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
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

  const post = (headers: Record<string, string> = {}, body: string | Buffer = list, place = '/mcp') =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const request = httpRequest(
        { socketPath: host.record.socket, path: place, method: 'POST' },
        (response) =>
          void text(response).then(
            (answer) => resolve({ status: response.statusCode ?? 0, body: answer }),
            reject,
          ),
      );
      const all = {
        host: 'localhost',
        authorization: `Bearer ${host.record.nonce}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      };
      for (const [name, value] of Object.entries(all)) request.setHeader(name, value);
      request.once('error', reject);
      request.end(body);
    });
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

  it('answers a wrong nonce, none, or another path as if nothing were there', async () => {
    const { nonce } = host.record;
    for (const authorization of ['', 'Bearer wrong', nonce, `Basic ${nonce}`, `Bearer ${nonce}x`])
      assert.equal((await post({ authorization })).status, 404, authorization);
    assert.equal((await post({}, list, '/')).status, 404);
    await isServed();
  });

  it('refuses a foreign host and a foreign origin', async () => {
    for (const foreign of ['evil.example.com', '127.0.0.1.evil.example.com', '0.0.0.0'])
      assert.equal((await post({ host: foreign })).status, 403, foreign);
    for (const origin of ['https://evil.example.com', 'null', 'file://', 'vscode-webview://x'])
      assert.equal((await post({ origin })).status, 403, origin);
    assert.equal((await post({ 'content-type': 'text/plain' })).status, 415);
    await isServed();
  });

  it('refuses a body of 10 MB, and stays up', async () => {
    const answered = await post({}, Buffer.alloc(10 * 1024 * 1024, 'x')).then(
      ({ status }) => status,
      // The connection may end while the body is still being sent.
      (error: unknown) => (error as NodeJS.ErrnoException).code ?? '',
    );
    assert.ok([413, 'EPIPE', 'ECONNRESET'].includes(answered), String(answered));
    await isServed();
  });

  it('answers malformed messages with an error, and stays up', async () => {
    for (const body of [
      '',
      'no json',
      '{"jsonrpc":"2.0"',
      '[]',
      'null',
      '42',
      '\u0000',
      '{"a":'.repeat(5000),
    ]) {
      const { status } = await post({}, body);
      assert.ok(status >= 400 && status < 500, `${body.slice(0, 20)}: ${status}`);
    }
    await isServed();
  });

  it('drops whoever sends a request too slowly, and serves others meanwhile', async () => {
    const slow = Array.from({ length: 20 }, () => {
      const socket = connect(host.record.socket);
      socket.on('error', () => undefined).write('POST /mcp HTTP/1.1\r\nHost: localhost\r\n');
      return socket;
    });
    await isServed();
    await Promise.all(slow.map((socket) => new Promise((resolve) => socket.once('close', resolve).resume())));
  }).timeout(60_000);

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
