import assert from 'node:assert/strict';
import * as z from 'zod';
import { CloudflareClient, jsonBody, type ApiCall } from '../../../src/cloudflare/client.ts';
import { CloudflareApiError, type CloudflareFailure } from '../../../src/cloudflare/errors.ts';
import { RateBudget } from '../../../src/cloudflare/rateBudget.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import { fakeApi, networkError, refusal, success, TOKEN } from './fakeApi.ts';
import { HastyClock } from './testClock.ts';

const call: ApiCall = {
  method: 'GET',
  path: '/accounts/1/things',
  resource: { product: 'D1', name: 'the database notes' },
};
const unsafe: ApiCall = { ...call, method: 'POST', body: jsonBody({ name: 'x' }) };
const text = z.string();

const failureOf = async (answer: Promise<unknown>): Promise<CloudflareApiError> => {
  const error: unknown = await answer.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(MemoryError.is(error), String(error));
  return CloudflareApiError.of(error) ?? assert.fail('it has no cause');
};

describe('the client', () => {
  describe('repeats, up to three times,', () => {
    const transient: readonly (readonly [string, () => Response | Error])[] = [
      ['HTTP 429', () => refusal(429, 0)],
      ['HTTP 500', () => refusal(500, 10000)],
      ['HTTP 502 in HTML', () => new Response('<html>Bad gateway</html>', { status: 502 })],
      ['HTTP 520', () => new Response('', { status: 520 })],
      ['a reset', () => networkError('ECONNRESET')],
      ['a connection that the other side closed', () => networkError('UND_ERR_SOCKET')],
      ['an empty answer', () => new Response('')],
      ['an answer cut off in the middle', () => new Response('{"success":true,"resu')],
      ['a sign-in page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
      [
        'a challenge',
        () => new Response('<html>', { status: 403, headers: { 'cf-mitigated': 'challenge' } }),
      ],
      ['a refusal inside a 200', () => refusal(200, 10001)],
      ['code 971', () => refusal(403, 971)],
      ['code 10429', () => refusal(400, 10429)],
      ['code 7429', () => refusal(429, 7429)],
      ['code 40041', () => refusal(400, 40041)],
      ['code 40014', () => refusal(400, 40014)],
      ['code 10058', () => refusal(429, 10058)],
      ['code 3040', () => refusal(429, 3040)],
      ...[
        'Network connection lost.',
        'D1_ERROR: storage caused object to be reset.',
        'D1 reset because its code was updated.',
        'Cannot resolve D1 DB due to transient issue on remote node.',
      ].map((words) => [`D1’s “${words}”`, () => refusal(400, 7500, words)] as const),
    ];
    for (const [what, answer] of transient)
      it(what, async () => {
        const thrice = fakeApi([answer(), answer(), answer(), success('there')]);
        assert.equal(await thrice.client.request(call, text), 'there');
        const forever = fakeApi([answer()]);
        const error = await failureOf(forever.client.request(call, text));
        assert.equal(error.attempts, 4);
        assert.equal(error.isRetryable, true);
        assert.equal(forever.sent.length, 4);
      });
  });

  describe('sends only once', () => {
    const permanent: readonly (readonly [string, Response])[] = [
      ['what is not valid', refusal(400, 7400)],
      ['what SQLite refuses', refusal(400, 7500, 'near "x": syntax error: SQLITE_ERROR')],
      ['what takes too long on D1', refusal(400, 7500, 'exceeded timeout which caused object to be reset.')],
      ['what is over the daily limit of D1', refusal(400, 7500, 'free tier daily row write limit')],
      ['what is over the daily limit of Workers AI (3036)', refusal(429, 3036)],
      ['what is over the daily limit of Workers AI (4006)', refusal(429, 4006)],
      ['a wrong token', refusal(401, 10000)],
      ['what is forbidden', refusal(403, 10000)],
      ['what is not there', refusal(404, 7404)],
      ['what has no route', new Response('<html>', { status: 404 })],
    ];
    for (const [what, answer] of permanent)
      it(what, async () => {
        const { client, sent } = fakeApi([answer]);
        const error = await failureOf(client.request(call, text));
        assert.equal(error.isRetryable, false);
        assert.equal(sent.length, 1);
      });
  });

  describe('knows a connection that', () => {
    const failures: readonly (readonly [string, Error, CloudflareFailure])[] = [
      ...[
        'ECONNREFUSED',
        'ENOTFOUND',
        'EAI_AGAIN',
        'ENETUNREACH',
        'UND_ERR_CONNECT_TIMEOUT',
        'UND_ERR_ABORTED',
      ].map((code) => ['was never made', networkError(code), 'unreachable'] as const),
      ['was never made', new Error('net::ERR_INTERNET_DISCONNECTED'), 'unreachable'],
      ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED'].map(
        (code) => ['is not trusted', networkError(code), 'untrusted'] as const,
      ),
      ['is not trusted', new Error('net::ERR_CERT_AUTHORITY_INVALID'), 'untrusted'],
      ...['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].map(
        (code) => ['broke', networkError(code), 'reset'] as const,
      ),
      ['broke', new TypeError('terminated'), 'reset'],
    ];
    for (const [what, error, failure] of failures)
      it(`${what}: ${error.cause instanceof Error ? error.cause.message : error.message}`, async () => {
        const { client, sent } = fakeApi([error]);
        assert.equal((await failureOf(client.request(call, text))).failure, failure);
        assert.equal(sent.length, failure === 'reset' ? 4 : 1);
      });
  });

  describe('with a request that is not safe to repeat', () => {
    const lost: readonly (readonly [string, Response | Error])[] = [
      ['a reset', networkError('ECONNRESET')],
      ['HTTP 500', refusal(500, 10000)],
      ['an empty answer', new Response('')],
      ['D1’s lost connection', refusal(400, 7500, 'Network connection lost.')],
    ];
    for (const [what, answer] of lost)
      it(`leaves it at one attempt after ${what}: it may have been done`, async () => {
        const { client, sent } = fakeApi([answer]);
        assert.equal((await failureOf(client.request(unsafe, text))).mayHaveTakenEffect, true);
        assert.equal(sent.length, 1);
      });

    it('repeats it where it was certainly not done', async () => {
      const { client, sent } = fakeApi([refusal(429, 971), refusal(429, 7429), success('done')]);
      assert.equal(await client.request(unsafe, text), 'done');
      assert.equal(sent.length, 3);
    });

    it('repeats it where the caller says that it is safe', async () => {
      const { client } = fakeApi([networkError('ECONNRESET'), success('done')]);
      assert.equal(await client.request({ ...unsafe, idempotent: true }, text), 'done');
    });
  });

  describe('waits', () => {
    it('as long as retry-after says', async () => {
      const { client, clock } = fakeApi([
        refusal(429, 7429, 'busy', { 'retry-after': '20' }),
        success('there'),
      ]);
      clock.chance = 0;
      await client.request(call, text);
      assert.deepEqual(clock.slept, [20_000]);
    });

    it('by its own base delay and number of retries', async () => {
      const { client, clock, sent } = fakeApi([refusal(500, 1)], { maxRetries: 5, baseDelay: 0.1 });
      await failureOf(client.request(call, text));
      assert.equal(sent.length, 6);
      assert.deepEqual(clock.slept, [100, 200, 400, 800, 1600]);
    });

    it('with all requests of the account while it is over its limit', async () => {
      const clock = new HastyClock();
      const waits: number[] = [];
      const budget = new RateBudget({ clock, onWait: ({ ms }) => void waits.push(ms) });
      const limited = fakeApi([refusal(429, 971, 'wait', { 'retry-after': '300' }), success('there')], {
        budget,
        clock,
      });
      clock.chance = 0;
      const began = clock.now();
      assert.equal(await limited.client.request(call, text), 'there');
      assert.equal(clock.now() - began, 300_000);
      assert.deepEqual(waits, [300_000]);
    });

    it('with nobody else where one product is busy', async () => {
      const { client } = fakeApi([refusal(429, 3040, 'busy', { 'retry-after': '300' })], { maxRetries: 0 });
      await failureOf(client.request(call, text));
      const over = await client.budget.take();
      over();
    });

    it('for what the server has left', async () => {
      const ratelimit = { ratelimit: '"default";r=0;t=45', 'ratelimit-policy': '"default";q=1200;w=300' };
      const spent = Response.json({ success: true, errors: [], result: 'last' }, { headers: ratelimit });
      const { client, clock } = fakeApi([spent, success('next')]);
      await client.request(call, text);
      await client.request(call, text);
      assert.deepEqual(clock.slept, [45_000]);
    });

    it('for no request that is over', async () => {
      const ratelimit = { ratelimit: '"default";r=1;t=45' };
      const last = Response.json({ success: true, errors: [], result: 'x' }, { headers: ratelimit });
      const { client, clock } = fakeApi([success('x'), refusal(404, 1), success('x'), last]);
      for (let i = 0; i < 5; i++) await client.request(call, text).catch(() => undefined);
      assert.deepEqual(clock.slept, []);
    });

    it('not at all where it is asked for an hour, and says how long', async () => {
      const { client, clock } = fakeApi([refusal(429, 971, 'wait', { 'retry-after': '3600' })]);
      await assert.rejects(
        client.request(call, text),
        (error) => MemoryError.is(error, 'rate-limited') && error.nextStep.includes('3600 s'),
      );
      assert.deepEqual(clock.slept, []);
    });
  });

  describe('takes no answer for granted', () => {
    const hostile: readonly (readonly [string, unknown])[] = [
      ['no object', 'yes'],
      ['null', null],
      ['a list', []],
      ['success as text', { success: 'true', result: 'x' }],
      ['errors as text', { success: false, errors: 'none' }],
      ['a code as text', { success: false, errors: [{ code: '7', message: 'x' }] }],
      ['another result', { success: true, errors: [], result: { toString: 1 } }],
      ['no result', { success: true, errors: [] }],
      ['a result in the prototype', JSON.parse('{"success":true,"__proto__":{"result":"x"}}')],
    ];
    for (const [what, answer] of hostile)
      it(what, async () => {
        const { client } = fakeApi([Response.json(answer, { headers: { 'cf-ray': 'abc-FRA' } })]);
        const error = await failureOf(client.request(call, text));
        assert.equal(error.failure, 'malformed');
        assert.equal(error.ray, 'abc-FRA');
      });

    it('not a refusal for a result', async () => {
      const refused = { success: false, errors: [{ code: 10001, message: 'no' }], result: 'x' };
      const { client } = fakeApi([Response.json(refused)]);
      assert.equal((await failureOf(client.request(call, text))).code, 10001);
    });

    it('and tolerates what it does not know', async () => {
      const more = { timing: 3, result_info: { page: 1, new: true }, messages: [{ code: 1, message: 'hi' }] };
      const { client } = fakeApi([success({ name: 'x', unknown: [1, { a: 2 }] }, more)]);
      const page = await client.requestPage(call, z.object({ name: z.string() }));
      assert.deepEqual(page, { result: { name: 'x' }, info: { page: 1 } });
    });
  });

  describe('keeps to itself', () => {
    const secret = 'my password is hunter2';
    const written = (error: unknown): string => {
      const texts: string[] = [];
      for (let at = error; at instanceof Error; at = at.cause)
        texts.push(at.message, at.stack ?? '', JSON.stringify(at), String(at));
      return texts.join('\n');
    };

    it('the token and the body, whatever the answer repeats', async () => {
      for (const echo of [TOKEN, `Bearer ${TOKEN}`, secret, `in “${secret}”`, JSON.stringify(secret)])
        for (const status of [400, 403, 429, 500]) {
          const { client, log } = fakeApi([refusal(status, 12_345, echo)]);
          const body = jsonBody({ text: ['x', secret] });
          const error: unknown = await client
            .request({ ...unsafe, body }, text)
            .catch((reason: unknown) => reason);
          for (const output of [written(error), log.join('\n')]) {
            assert.ok(!output.includes(TOKEN), output);
            assert.ok(!output.includes('hunter2'), output);
          }
        }
    });

    it('what fetch itself says', async () => {
      const { client, log } = fakeApi([new TypeError(`“Bearer ${TOKEN}” is no header value`)]);
      const error: unknown = await client.request(call, text).catch((reason: unknown) => reason);
      assert.ok(!`${written(error)}${log.join('\n')}`.includes(TOKEN));
    });

    it('the parser’s quotation of an answer that is no JSON', async () => {
      const { client } = fakeApi([new Response(`x${secret}`)]);
      const error: unknown = await client.request(call, text).catch((reason: unknown) => reason);
      assert.ok(!written(error).includes('hunter2'));
    });

    it('but not Cloudflare’s own words', async () => {
      const { client } = fakeApi([refusal(400, 12_345, 'The moon is\u001b[31m in\nthe wrong phase')]);
      await assert.rejects(client.request(call, text), /The moon is \[31m in the wrong phase.*code 12345/);
    });
  });

  it('asks for the token before each request', async () => {
    const tokens = ['first-token', 'second-token'];
    const { client, sent } = fakeApi([refusal(500, 1), success('x')], {
      token: () => Promise.resolve(tokens.shift() ?? ''),
    });
    await client.request(call, text);
    assert.deepEqual(
      sent.map(({ headers }) => headers['authorization']),
      ['Bearer first-token', 'Bearer second-token'],
    );
  });

  for (const token of ['', 'with space', 'line\nbreak', 'ümlaut'])
    it(`sends no token like ${JSON.stringify(token)}`, async () => {
      const { client, sent } = fakeApi([success('x')], { token: () => token });
      await assert.rejects(client.request(call, text), (error) => MemoryError.is(error, 'unauthorized'));
      assert.equal(sent.length, 0);
    });

  const addresses: readonly (readonly [string, boolean])[] = [
    ['https://api.cloudflare.com/client/v4', true],
    ['https://gateway.example.com/cf/', true],
    ['http://127.0.0.1:8787/client/v4', true],
    ['http://localhost:8787', true],
    ['http://[::1]:8787', true],
    ['http://api.cloudflare.com/client/v4', false],
    ['http://127.0.0.1.example.com', false],
    ['https://user:password@api.cloudflare.com', false],
    ['https://api.cloudflare.com/?x=1', false],
    ['file:///etc/passwd', false],
    ['api.cloudflare.com', false],
    ['', false],
  ];
  for (const [baseUrl, usable] of addresses)
    it(`${usable ? 'takes' : 'refuses'} the address “${baseUrl}”`, () => {
      const make = () => new CloudflareClient({ fetch: () => assert.fail(), token: () => TOKEN, baseUrl });
      if (usable) make();
      else assert.throws(make, (error) => MemoryError.is(error, 'invalid-input'));
    });
});
