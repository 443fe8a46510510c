import assert from 'node:assert/strict';
import { RateBudget, type BudgetWait, type Priority } from '../../../src/cloudflare/rateBudget.ts';
import { TestClock } from './testClock.ts';

const MINUTES = 60_000;

const setUp = () => {
  const clock = new TestClock();
  const waits: BudgetWait[] = [];
  const budget = new RateBudget({ clock, onWait: (wait) => void waits.push(wait) });
  /** Sends `count` requests at 100 a second. */
  const use = async (count: number, priority: Priority = 'interactive'): Promise<void> => {
    for (let sent = 0; sent < count; sent++) {
      (await budget.take(priority))();
      await clock.advance(10);
    }
  };
  /** Asks for a request and tells when it was let through, in ms from now. */
  const grant = (priority: Priority = 'interactive', signal?: AbortSignal) => {
    const asked = clock.now();
    const state: { after: number | undefined } = { after: undefined };
    const done = budget.take(priority, signal).then((over) => {
      state.after = clock.now() - asked;
      return over;
    });
    return { state, done };
  };
  return { clock, waits, budget, use, grant };
};

describe('the rate budget', function () {
  this.timeout(60_000);

  it('lets requests through at once while there is room', async () => {
    const { use, waits } = setUp();
    await use(100);
    assert.deepEqual(waits, []);
  });

  it('keeps below 1,200 requests in any 5 minutes', async () => {
    const { clock, use, grant, waits } = setUp();
    await use(1140);
    const { state } = grant();
    await clock.advance(4 * MINUTES);
    assert.equal(state.after, undefined);
    await clock.advance(1 * MINUTES);
    assert.equal(state.after, 5 * MINUTES - 11_400);
    assert.deepEqual(waits, [{ ms: 5 * MINUTES - 11_400, priority: 'interactive', reason: 'own-limit' }]);
  });

  it('keeps below 200 requests in any second', async () => {
    const { clock, budget, grant } = setUp();
    for (let sent = 0; sent < 150; sent++) await budget.take();
    const { state } = grant();
    await clock.advance(999);
    assert.equal(state.after, undefined);
    await clock.advance(1);
    assert.equal(state.after, 1000);
  });

  it('leaves the last fifth to people', async () => {
    const { clock, use, grant } = setUp();
    await use(912, 'background');
    const background = grant('background');
    const person = grant('interactive');
    await clock.advance(1000);
    assert.equal(person.state.after, 0);
    assert.equal(background.state.after, undefined);
  });

  it('serves those who wait in their order', async () => {
    const { clock, use, budget } = setUp();
    await use(1140);
    const order: number[] = [];
    for (const name of [1, 2, 3]) void budget.take().then(() => order.push(name));
    await clock.advance(5 * MINUTES);
    assert.deepEqual(order, [1, 2, 3]);
  });

  it('says once that a line of requests waits', async () => {
    const { clock, use, grant, waits } = setUp();
    await use(1140);
    for (let i = 0; i < 50; i++) grant();
    await clock.advance(1000);
    assert.equal(waits.length, 1);
  });

  it('lets go of a request that is not wanted any more, and of no other', async () => {
    const { clock, use, grant } = setUp();
    await use(1140);
    const [first, second] = [new AbortController(), new AbortController()];
    const sleeping = grant('interactive', first.signal);
    const inLine = grant('interactive', second.signal);
    const last = grant();
    await clock.advance(10);
    second.abort(new Error('in line'));
    await assert.rejects(inLine.done, /in line/);
    first.abort(new Error('asleep'));
    await assert.rejects(sleeping.done, /asleep/);
    await clock.advance(5 * MINUTES);
    assert.notEqual(last.state.after, undefined);
  });

  it('stops everything while the server blocks the account', async () => {
    const { clock, budget, grant, waits } = setUp();
    budget.block(300);
    const requests = [grant(), grant('background'), grant()];
    await clock.advance(299_000);
    assert.ok(requests.every(({ state }) => state.after === undefined));
    await clock.advance(1000);
    assert.deepEqual(
      requests.map(({ state }) => state.after),
      [300_000, 300_000, 300_000],
    );
    assert.ok(waits.every(({ reason, ms }) => reason === 'server' && ms === 300_000));
  });

  it('is stopped by no server for more than ten minutes', async () => {
    const { clock, budget, grant } = setUp();
    budget.block(1e9);
    const { state } = grant();
    await clock.advance(600_000);
    assert.equal(state.after, 600_000);
  });

  it('waits until the server has room again', async () => {
    const { clock, budget, grant } = setUp();
    budget.observe([{ name: 'default', remaining: 2, reset: 30, total: 1200 }]);
    const requests = [grant(), grant(), grant()];
    await clock.advance(29_999);
    assert.deepEqual(
      requests.map(({ state }) => state.after),
      [0, 0, undefined],
    );
    await clock.advance(1);
    assert.equal(requests[2]?.state.after, 30_000);
  });

  it('counts what is under way against what the server said is left', async () => {
    const { clock, budget, grant } = setUp();
    const over = await Promise.all([budget.take(), budget.take(), budget.take()]);
    // The answer to the first; the server may not have seen the other two.
    budget.observe([{ name: 'default', remaining: 2, reset: 30, total: 1200 }]);
    for (const end of over) end();
    const { state } = grant();
    await clock.advance(1000);
    assert.equal(state.after, undefined);
  });

  it('keeps background work out of the last fifth that the server has left', async () => {
    const { clock, budget, grant } = setUp();
    budget.observe([{ name: 'default', remaining: 20, reset: 30, total: 100 }]);
    const background = grant('background');
    const person = grant();
    await clock.advance(1000);
    assert.equal(person.state.after, 0);
    assert.equal(background.state.after, undefined);
    await clock.advance(30_000);
    assert.equal(background.state.after, 30_000);
  });
});
