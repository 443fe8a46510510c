import assert from 'node:assert/strict';
import { backoffMs, withRetries } from '../../../src/cloudflare/retry.ts';
import { HastyClock, TestClock } from './testClock.ts';

const failing = (times: number) => {
  let calls = 0;
  return () => (++calls > times ? Promise.resolve(calls) : Promise.reject(new Error(`failure ${calls}`)));
};

describe('retries', () => {
  it('wait up to 1, 2, 4 … seconds, at random between nothing and that', () => {
    assert.deepEqual(
      [1, 2, 3, 4].map((retry) => backoffMs(retry, 1, 1)),
      [1000, 2000, 4000, 8000],
    );
    assert.equal(backoffMs(3, 1, 0), 0);
    assert.equal(backoffMs(2, 0.5, 0.5), 500);
  });

  it('never back off for more than a minute', () => {
    assert.equal(backoffMs(30, 1, 1), 60_000);
  });

  it('are three unless said otherwise', async () => {
    const clock = new HastyClock();
    assert.equal(await withRetries(failing(3), { clock, repeatAfter: () => 0 }), 4);
    await assert.rejects(withRetries(failing(4), { clock, repeatAfter: () => 0 }), /failure 4/);
    await assert.rejects(
      withRetries(failing(2), { clock, maxRetries: 1, repeatAfter: () => 0 }),
      /failure 2/,
    );
  });

  it('are told with their number and delay', async () => {
    const clock = new HastyClock();
    const told: unknown[] = [];
    const onRetry = (_: unknown, retry: unknown): void => void told.push(retry);
    await withRetries(failing(2), { clock, baseDelay: 2, repeatAfter: () => 0, onRetry });
    assert.deepEqual(told, [
      { retry: 1, of: 3, ms: 2000 },
      { retry: 2, of: 3, ms: 4000 },
    ]);
  });

  it('wait at least as long as the server asked for', async () => {
    const clock = new HastyClock();
    clock.chance = 0;
    await withRetries(failing(1), { clock, repeatAfter: () => 17 });
    assert.deepEqual(clock.slept, [17_000]);
  });

  it('are left where the server asks for more than ten minutes', async () => {
    const clock = new HastyClock();
    await assert.rejects(withRetries(failing(1), { clock, repeatAfter: () => 601 }), /failure 1/);
    assert.deepEqual(clock.slept, []);
  });

  it('are left for errors that repeating does not mend', async () => {
    await assert.rejects(withRetries(failing(1), { repeatAfter: () => false }), /failure 1/);
  });

  it('end when the caller gives up while waiting', async () => {
    const clock = new TestClock();
    const controller = new AbortController();
    const run = withRetries(failing(1), { clock, signal: controller.signal, repeatAfter: () => 60 });
    await clock.advance(10);
    controller.abort(new Error('not wanted any more'));
    await assert.rejects(run, /not wanted any more/);
  });

  it('are left, with the caller’s reason, when the caller gave up during the attempt', async () => {
    const controller = new AbortController();
    const attempt = (): Promise<never> => {
      controller.abort(new Error('not wanted'));
      return Promise.reject(new Error('the connection was closed'));
    };
    for (const asked of [0, false] as const) {
      const run = withRetries(attempt, { signal: controller.signal, repeatAfter: () => asked });
      await assert.rejects(run, /not wanted/);
    }
  });
});
