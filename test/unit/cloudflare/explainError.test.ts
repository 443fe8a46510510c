import assert from 'node:assert/strict';
import { CloudflareApiError, type CloudflareErrorFields } from '../../../src/cloudflare/errors.ts';
import { explainCloudflareError, type Product } from '../../../src/cloudflare/explainError.ts';
import type { MemoryErrorCode } from '../../../src/memory/errors.ts';

const explained = (product: Product, fields: Partial<CloudflareErrorFields>, message = 'the reason') =>
  explainCloudflareError(
    new CloudflareApiError(message, { failure: 'api', status: 400, words: message, ...fields }),
    { product, name: 'the thing' },
  );

describe('the explanation of', () => {
  const cases: readonly (readonly [Product, Partial<CloudflareErrorFields>, MemoryErrorCode, RegExp])[] = [
    ['D1', { code: 9106 }, 'unauthorized', /API token.*Change Token/s],
    ['D1', { code: 6003 }, 'unauthorized', /API token/],
    ['D1', { code: 1000, status: 401 }, 'unauthorized', /expired, revoked or disabled/],
    ['D1', { code: 10000, status: 401 }, 'unauthorized', /“D1 Edit”/],
    ['D1', { code: 10000, status: 403 }, 'forbidden', /lacks the permission “D1 Edit”/],
    ['Vectorize', { code: 10000, status: 403 }, 'forbidden', /“Vectorize Edit”/],
    ['R2', { code: 10000, status: 403 }, 'forbidden', /“Workers R2 Storage Edit”/],
    ['Workers AI', { code: 10000, status: 403 }, 'forbidden', /“Workers AI Read”/],
    ['Account', { code: 9109, status: 403 }, 'forbidden', /“Account Settings Read”/],
    ['D1', { code: 7403, status: 403 }, 'forbidden', /account’s ID/],
    ['D1', { code: 7003, status: 404 }, 'misconfigured', /no thing/],
    ['D1', { code: 7404, status: 404 }, 'misconfigured', /no thing.*Reconnect/s],
    ['D1', { code: 7406 }, 'limit-reached', /as many D1 databases/],
    ['D1', { code: 7502 }, 'conflict', /already/],
    ['D1', { code: 7429, status: 429 }, 'busy', /D1 is overloaded/],
    ['Vectorize', { code: 3000, status: 404 }, 'misconfigured', /no thing/],
    ['Vectorize', { code: 3005, status: 410 }, 'misconfigured', /no thing/],
    ['Vectorize', { code: 40012 }, 'misconfigured', /dimensions.*Rebuild Index/s],
    ['Vectorize', { code: 40006 }, 'misconfigured', /dimensions/],
    ['Vectorize', { code: 40041, status: 429 }, 'rate-limited', /limited the rate/],
    ['R2', { code: 10006, status: 404 }, 'misconfigured', /no thing/],
    ['R2', { code: 10042, status: 403 }, 'misconfigured', /payment method/],
    ['R2', { code: 10005 }, 'invalid-input', /name/],
    ['Workers AI', { code: 5007 }, 'misconfigured', /no thing/],
    ['Workers AI', { code: 3006, status: 413 }, 'too-large', /too large/],
    ['Workers AI', { code: 3036, status: 429 }, 'limit-reached', /resets at 00:00 UTC/],
    ['Workers AI', { code: 4006, status: 429 }, 'limit-reached', /10,000 neurons/],
    ['Workers AI', { code: 3040, status: 429 }, 'busy', /overloaded/],
    ['D1', { code: 971, status: 429, retryAfter: 120.4 }, 'rate-limited', /Wait 121 s/],
    ['D1', { code: 54321, status: 403 }, 'forbidden', /“D1 Edit”/],
    ['D1', { code: 54321, status: 400 }, 'service-failed', /the reason \(HTTP 400, code 54321\)/],
    ['D1', { code: 10000, status: 500 }, 'service-failed', /cloudflarestatus/],
    ['D1', { failure: 'unreachable', status: 0 }, 'offline', /network connection and the proxy/],
    ['D1', { failure: 'timeout', status: 0 }, 'offline', /could not be reached/],
    ['D1', { failure: 'untrusted', status: 0 }, 'offline', /NODE_EXTRA_CA_CERTS/],
    ['D1', { failure: 'redirect', status: 302 }, 'service-failed', /sign-in page/],
    ['D1', { failure: 'malformed', status: 200, ray: '8f-FRA' }, 'service-failed', /\[ray 8f-FRA\]/],
    ['D1', { failure: 'malformed', status: 429 }, 'rate-limited', /limited the rate/],
    ['D1', { failure: 'too-large', status: 200 }, 'service-failed', /Ask for less/],
  ];
  for (const [product, fields, code, words] of cases)
    it(`${product} ${fields.status ?? 400}/${fields.code ?? fields.failure ?? ''} is “${code}”`, () => {
      const error = explained(product, fields);
      assert.equal(error.code, code);
      assert.match(`${error.message} ${error.nextStep}`, words);
      assert.ok(CloudflareApiError.is(error.cause));
    });

  const sqlite: readonly (readonly [string, MemoryErrorCode])[] = [
    ['UNIQUE constraint failed: memories.content_hash: SQLITE_CONSTRAINT', 'conflict'],
    ['string or blob too big: SQLITE_TOOBIG', 'too-large'],
    ['Exceeded maximum DB size', 'storage-full'],
    ['database disk image is malformed: SQLITE_CORRUPT_VTAB', 'damaged'],
    ['no such table: em_info: SQLITE_ERROR', 'misconfigured'],
    ['table memories has no column named deleted_at', 'misconfigured'],
    ['D1 DB is overloaded. Too many requests queued.', 'busy'],
    ['D1 DB storage operation exceeded timeout which caused object to be reset.', 'busy'],
    ['Your account has exceeded D1’s free tier daily row read limit.', 'limit-reached'],
    ['Network connection lost.', 'service-failed'],
    ['malformed JSON: SQLITE_ERROR', 'storage-failed'],
    ['not authorized: SQLITE_AUTH', 'storage-failed'],
  ];
  for (const [words, code] of sqlite)
    it(`D1’s “${words}” is “${code}”`, () => {
      assert.equal(explained('D1', { code: 7500 }, words).code, code);
    });

  it('a token used from a forbidden address names the address filter', () => {
    const error = explained(
      'D1',
      { code: 9109, status: 403 },
      'Cannot use the access token from location: 10.0.0.1',
    );
    assert.match(error.message, /IP address/);
  });

  it('a full plan of Vectorize says that nothing is lost', () => {
    const error = explained('Vectorize', { code: 1005, status: 403 }, 'vectorize.not_entitled');
    assert.equal(error.code, 'limit-reached');
    assert.match(error.nextStep, /found by keyword/);
  });

  it('a failure after retries says how many', () => {
    const cause = new CloudflareApiError('x', { failure: 'api', status: 429, code: 971 });
    const at = { product: 'D1', name: 'the thing' } as const;
    assert.doesNotMatch(explainCloudflareError(cause, at).message, /retr/);
    cause.attempts = 2;
    assert.match(explainCloudflareError(cause, at).message, /after 1 retry\./);
    cause.attempts = 4;
    assert.match(explainCloudflareError(cause, at).message, /after 3 retries\./);
  });
});
