import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from '../../../../src/local/useLite/turns.ts';

describe('Turns', () => {
  let turns: Turns;
  let begun: string[];

  beforeEach(() => {
    turns = new Turns();
    begun = [];
  });

  /** Work that writes its name down, and takes some milliseconds. */
  const work =
    (name: string, milliseconds = 1) =>
    async () => {
      begun.push(name);
      await sleep(milliseconds);
      return name;
    };

  it('runs one piece of work at a time', async () => {
    let running = 0;
    const exclusive = async () => {
      assert.equal(++running, 1);
      await sleep(1);
      running--;
    };
    await Promise.all([1, 2, 3].map(() => turns.take(exclusive, {})));
  });

  it('lets interactive work go first, each kind in the order of asking', async () => {
    await Promise.all([
      turns.take(work('first'), { priority: 'background' }),
      turns.take(work('background 1'), { priority: 'background' }),
      turns.take(work('background 2'), { priority: 'background' }),
      turns.take(work('interactive 1'), {}),
      turns.take(work('interactive 2'), { priority: 'interactive' }),
    ]);
    assert.deepEqual(begun, ['first', 'interactive 1', 'interactive 2', 'background 1', 'background 2']);
  });

  it('rests after background work for as long as that took, but not from interactive work', async function () {
    this.retries(2); // other programs may take the time
    const startedAt = performance.now();
    const times: Record<string, number> = {};
    const note = (name: string) => () => {
      times[name] = performance.now() - startedAt;
      return Promise.resolve();
    };
    await turns.take(work('busy', 60), { priority: 'background' });
    await Promise.all([
      turns.take(note('background'), { priority: 'background' }),
      turns.take(note('interactive'), {}),
    ]);
    const { background = 0, interactive = 0 } = times;
    assert.ok(background >= 115, `background after ${background} ms`);
    assert.ok(interactive < background - 25, `interactive after ${interactive} ms`);
  });

  it('passes the error of the work on, and goes on', async () => {
    const failing = turns.take(() => Promise.reject(new RangeError('no')), {});
    const next = turns.take(work('next'), {});
    await assert.rejects(failing, RangeError);
    assert.equal(await next, 'next');
  });

  it('drops work that waits when its signal aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const busy = turns.take(work('busy', 20), {});
    const dropped = turns.take(work('dropped'), { signal: controller.signal });
    const last = turns.take(work('last'), {});
    controller.abort(reason);
    await assert.rejects(dropped, reason);
    await Promise.all([busy, last]);
    assert.deepEqual(begun, ['busy', 'last']);
  });

  it('begins no work whose signal has aborted already', async () => {
    await assert.rejects(turns.take(work('never'), { signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.deepEqual(begun, []);
  });

  it('can send all away that wait', async () => {
    const busy = turns.take(work('busy'), {});
    const reason = new Error('closed');
    const waiting = [turns.take(work('a'), {}), turns.take(work('b'), { priority: 'background' })];
    const rejections = Promise.all(waiting.map((turn) => assert.rejects(turn, reason)));
    turns.rejectWaiting(reason);
    await rejections;
    assert.equal(await busy, 'busy');
    assert.deepEqual(begun, ['busy']);
  });
});
