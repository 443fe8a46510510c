import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until it is so; fails after a time that nothing should take. */
export const until = async (isSo: () => boolean | Promise<boolean>, milliseconds = 30_000): Promise<void> => {
  const end = Date.now() + milliseconds;
  while (!(await isSo())) {
    assert.ok(Date.now() < end, `not so after ${milliseconds} ms`);
    await sleep(20);
  }
};
