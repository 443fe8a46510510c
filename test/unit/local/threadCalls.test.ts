import assert from 'node:assert/strict';
import { MemoryError } from '../../../src/memory/errors.ts';
import { CalledThread } from '../../../src/local/threadCalls.ts';

const script = new URL('workers/scripted.ts', import.meta.url);

describe('Calls of another thread', () => {
  let thread: CalledThread;
  let events: unknown[];
  let ends: unknown[];

  beforeEach(() => {
    events = [];
    ends = [];
    thread = new CalledThread({
      script,
      onEvent: (event) => events.push(event),
      explainEnd: (cause) => {
        ends.push(cause);
        return new MemoryError('storage-failed', 'it stopped', 'again');
      },
      explainClosed: () => new MemoryError('storage-failed', 'it was closed', 'open it'),
    });
  });
  afterEach(() => thread.close());

  it('start the thread when the first one is made', async () => {
    assert.equal(thread.isRunning, false);
    assert.deepEqual(await thread.call('echo', [1, 'two', { three: [3] }]), [1, 'two', { three: [3] }]);
    assert.equal(thread.isRunning, true);
  });

  it('are answered each by its own result, in whatever order', async () => {
    const first = thread.call('wait', [], { signal: AbortSignal.timeout(50) });
    const rejected = assert.rejects(first, { name: 'TimeoutError' });
    const numbers = Array.from({ length: 20 }, (_, i) => [i]);
    assert.deepEqual(await Promise.all(numbers.map((number) => thread.call('echo', number))), numbers);
    await rejected;
  });

  it('pass on how urgent they are', async () => {
    assert.equal(await thread.call('priority', [], { priority: 'background' }), 'background');
  });

  it('bring events', async () => {
    await thread.call('tell', [{ kind: 'warning', message: 'careful' }]);
    assert.deepEqual(events, [{ kind: 'warning', message: 'careful' }]);
  });

  describe('that fail', () => {
    it('reject with a MemoryError that has kept its code and next step', async () => {
      await assert.rejects(thread.call('refuse', []), (error) => {
        assert.ok(MemoryError.is(error, 'storage-full'));
        assert.equal(error.message, 'The disk is full.');
        assert.equal(error.nextStep, 'Free some space.');
        assert.match(error.stack ?? '', /scripted\.ts/, 'where it was thrown');
        return true;
      });
    });

    it('reject with the message of any other error', async () => {
      await assert.rejects(thread.call('fail', []), { message: 'something else' });
    });

    it('reject as invalid where an argument is more than a plain value, and leave the thread idle', async () => {
      const metadata = { toString: () => 'a function' };
      await assert.rejects(thread.call('echo', [metadata]), { name: 'MemoryError', code: 'invalid-input' });
      assert.deepEqual(await thread.call('echo', []), []);
    });
  });

  describe('that are aborted', () => {
    it('reject at once with the signal’s reason; the other side stops', async () => {
      const controller = new AbortController();
      const reason = new Error('typed on');
      const call = thread.call('wait', [], controller);
      await thread.call('count', []);
      controller.abort(reason);
      await assert.rejects(call, (error) => error === reason);
      assert.equal(await thread.call('aborted', []), 1);
    });

    it('are not made at all where the signal was aborted before', async () => {
      const reason = new Error('too late');
      await assert.rejects(
        thread.call('count', [], { signal: AbortSignal.abort(reason) }),
        (error) => error === reason,
      );
      assert.equal(thread.isRunning, false);
    });

    it('stay answered when the signal aborts afterwards', async () => {
      const controller = new AbortController();
      assert.equal(await thread.call('count', [], controller), 1);
      controller.abort();
      assert.equal(await thread.call('count', []), 2);
      assert.equal(await thread.call('aborted', []), 0);
    });
  });

  describe('when the thread ends by itself', () => {
    for (const [end, cause] of [
      ['crash', /out of bounds/],
      ['exit', /ended with code 7/],
    ] as const)
      it(`reject after ${end}; the next call starts another one`, async () => {
        const waiting = [thread.call('wait', []), thread.call(end, [])];
        await Promise.all(
          waiting.map((call) => assert.rejects(call, { name: 'MemoryError', message: 'it stopped' })),
        );
        assert.match(String(ends[0]), cause);
        assert.equal(await thread.call('count', []), 1);
      });

    it('leave alone what the next thread was asked before the last one was quite gone', async () => {
      for (let times = 0; times < 3; times++) {
        await assert.rejects(thread.call('crash', []));
        assert.equal(await thread.call('count', []), 1);
      }
    });
  });

  it('reject as closed when the thread is closed, and afterwards', async () => {
    const waiting = thread.call('wait', []);
    const rejected = assert.rejects(waiting, { message: 'it was closed' });
    await thread.close();
    await rejected;
    await assert.rejects(thread.call('count', []), { message: 'it was closed' });
    assert.equal(thread.isRunning, false);
    assert.deepEqual(ends, []);
  });
});
