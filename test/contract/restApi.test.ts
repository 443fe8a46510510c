import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { type CliHome, mainScript, makeCliHome, requireWeights } from '../unit/cli/runCli.ts';

const KEY = 'a key of the test, long enough';
const json = { 'content-type': 'application/json' };

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, unknown>;
}

/** The running command. */
class Serving {
  readonly child: ChildProcess;
  readonly port: string;

  constructor(child: ChildProcess, port: string) {
    this.child = child;
    this.port = port;
  }

  static async start(home: CliHome, env: Record<string, string> = {}): Promise<Serving> {
    const child = spawn(process.execPath, [mainScript, 'serve', '--port', '0'], {
      env: { ...home.env, ...env },
      cwd: home.folder,
    });
    for await (const line of createInterface(child.stderr)) {
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port !== undefined) return new Serving(child, port);
    }
    return assert.fail('it ended before it listened');
  }

  /** As curl sends it; unlike fetch with any Host and Origin. */
  ask(
    method: string,
    path: string,
    body?: string | Uint8Array,
    headers: Record<string, string> = json,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port: this.port, path, method, headers },
        (response) =>
          void text(response).then((answer) => {
            const { statusCode: status = 0, headers } = response;
            resolve({ status, headers, body: JSON.parse(answer) as Record<string, unknown> });
          }, reject),
      );
      request.once('error', reject);
      request.end(body);
    });
  }

  async stop(): Promise<number | null> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    return code;
  }
}

describe('edge-memory serve', function () {
  this.timeout(30_000);
  let home: CliHome;
  let serving: Serving;
  const post = (path: string, body: object) => serving.ask('POST', path, JSON.stringify(body));

  before(async () => {
    await requireWeights();
    home = await makeCliHome();
    serving = await Serving.start(home);
  });
  after(async () => {
    serving.child.kill('SIGKILL');
    await home.remove();
  });

  it('answers the lines of the guides', async () => {
    const made = await post('/api/memories', {
      content: 'Releases go out on Tuesdays',
      tags: ['Release', 'team'],
      memory_type: 'decision',
      metadata: { ticket: 7 },
    });
    assert.equal(made.status, 200);
    assert.equal(made.body['success'], true);
    const memory = made.body['memory'] as Record<string, unknown>;
    assert.deepEqual(
      [memory['tags'], memory['memory_type'], memory['metadata'], memory['content_hash']],
      [['release', 'team'], 'decision', { ticket: 7 }, made.body['content_hash']],
    );
    for (const path of ['/api/search', '/api/memories/search']) {
      const { body } = await post(path, { query: 'when are releases', n_results: 5 });
      const [first] = body['results'] as { memory: { content: string }; similarity_score: number }[];
      assert.equal(first?.memory.content, 'Releases go out on Tuesdays', path);
      assert.ok(first.similarity_score > 0);
      assert.deepEqual([body['total_found'], body['query']], [1, 'when are releases']);
    }
    const stats = await serving.ask('GET', '/api/stats');
    assert.deepEqual([stats.body['total_memories'], stats.body['unique_tags']], [1, 2]);
    assert.equal((await serving.ask('GET', '/api/health')).body['status'], 'healthy');
  });

  it('shares its memories with every other face', async () => {
    await home.run(['store', 'stored at the terminal']);
    const { body } = await post('/api/search', { query: 'terminal' });
    assert.equal(body['total_found'], 1);
  });

  it('says which field is wrong, and that a path or a body is none', async () => {
    const status = async (answer: Promise<Answer>) => (await answer).status;
    const wrong = await post('/api/search', { query: 'x', n_results: 0 });
    assert.equal(wrong.status, 422);
    assert.match(String(wrong.body['detail']), /n_results/);
    assert.equal(await status(post('/api/memories', { content: '  ' })), 422);
    assert.equal(await status(post('/api/memories', { content: 'half \ud800' })), 422);
    assert.equal(await status(serving.ask('POST', '/api/memories', '{')), 422);
    assert.equal(await status(serving.ask('GET', '/api/elsewhere')), 404);
    assert.equal(
      await status(
        serving.ask('POST', '/api/memories', 'content=x', {
          'content-type': 'application/x-www-form-urlencoded',
        }),
      ),
      415,
    );
    assert.equal(await status(post('/api/memories', { content: 'x'.repeat(17 * 1024 * 1024) })), 413);
  });

  it('refuses what is not UTF-8 instead of storing other characters', async () => {
    const body = Buffer.from('{"content":"café"}', 'latin1');
    const { status, body: answer } = await serving.ask('POST', '/api/memories', body);
    assert.deepEqual([status, answer['detail']], [422, 'The body is not text in UTF-8.']);
    const whole = await serving.ask('POST', '/api/memories', Buffer.from('\ufeff{"content":"café"}'));
    assert.equal((whole.body['memory'] as Record<string, unknown>)['content'], 'café');
  });

  it('serves no web page, and no foreign host', async () => {
    const origin = { ...json, origin: 'https://evil.example' };
    assert.equal((await serving.ask('POST', '/api/memories', '{"content":"planted"}', origin)).status, 403);
    for (const host of ['evil.example', `evil.example:${serving.port}`, '127.0.0.1.evil.example'])
      assert.equal((await serving.ask('GET', '/api/stats', undefined, { host })).status, 403, host);
    const listed = await home.run(['list']);
    assert.doesNotMatch(listed.stdout, /planted/);
  });

  it('bears the security headers on every answer', async () => {
    for (const path of ['/api/health', '/api/elsewhere']) {
      const { headers } = await serving.ask('GET', path);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['x-frame-options'], 'SAMEORIGIN');
      assert.match(String(headers['content-security-policy']), /default-src 'none'/);
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
    const refused = await serving.ask('GET', '/api/stats', undefined, { host: 'evil.example' });
    assert.equal(refused.headers['x-content-type-options'], 'nosniff');
  });

  it('listens on this machine only, and says where a port is taken', async () => {
    const { code, stderr } = await home.run(['serve', '--port', serving.port]);
    assert.equal(code, 2);
    assert.match(stderr, /another program may use it/);
    // Free on every other address: it took the loopback one alone.
    const other = createServer().listen(Number(serving.port), '127.0.0.2');
    await once(other, 'listening');
    assert.equal((other.address() as AddressInfo).port, Number(serving.port));
    other.close();
  });

  it('ends when it is asked to', async () => {
    const second = await Serving.start(home);
    assert.equal(await second.stop(), 0);
  });

  it('asks for the key that is set', async () => {
    const locked = await Serving.start(home, { EDGE_MEMORY_API_KEY: KEY });
    try {
      const status = async (headers: Record<string, string>) =>
        (await locked.ask('GET', '/api/stats', undefined, headers)).status;
      assert.equal(await status({}), 401);
      assert.equal(await status({ authorization: 'Bearer wrong' }), 401);
      assert.equal(await status({ authorization: `Bearer ${KEY}` }), 200);
      assert.equal(await status({ 'x-api-key': KEY }), 200);
    } finally {
      await locked.stop();
    }
    const short = await home.run(['serve', '--port', '0'], { env: { EDGE_MEMORY_API_KEY: 'short' } });
    assert.equal(short.code, 2);
  });
});
