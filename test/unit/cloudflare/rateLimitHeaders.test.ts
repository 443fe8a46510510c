import assert from 'node:assert/strict';
import { retryAfterOf, serverQuotas } from '../../../src/cloudflare/rateLimitHeaders.ts';

describe('rate limit headers', () => {
  it('tell what is left, and of how much', () => {
    const headers = new Headers({
      ratelimit: '"default";r=50;t=30, "burst";r=9;t=1',
      'ratelimit-policy': '"burst";q=100;w=60, "default";q=1200;w=300',
    });
    assert.deepEqual(serverQuotas(headers), [
      { name: 'default', remaining: 50, reset: 30, total: 1200 },
      { name: 'burst', remaining: 9, reset: 1, total: 100 },
    ]);
  });

  it('may name the policy differently, as in Cloudflare’s own example', () => {
    const headers = new Headers({
      ratelimit: '"default";r=50;t=30',
      'ratelimit-policy': '"burst";q=100;w=60',
    });
    assert.equal(serverQuotas(headers)[0]?.total, 100);
  });

  for (const header of ['', 'nonsense', '"default"', '"default";r=x;t=y', `"${'a'.repeat(5000)}";r=1;t=1`])
    it(`are ignored where they make no sense: ${header.slice(0, 20)}`, () => {
      assert.deepEqual(serverQuotas(new Headers({ ratelimit: header })), []);
    });

  it('ask for a wait in seconds or until a date', () => {
    const now = Date.parse('2026-11-22T10:00:00Z');
    const asked = (value: string) => retryAfterOf(new Headers({ 'retry-after': value }), now);
    assert.equal(asked('120'), 120);
    assert.equal(asked('Sun, 22 Nov 2026 10:01:30 GMT'), 90);
    assert.equal(asked('Sun, 22 Nov 2026 09:00:00 GMT'), 0);
    assert.equal(asked('soon'), undefined);
    assert.equal(asked('-5'), undefined);
    assert.equal(retryAfterOf(new Headers(), now), undefined);
  });
});
