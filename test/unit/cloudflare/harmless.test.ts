import assert from 'node:assert/strict';
import { harmlessMessage } from '../../../src/cloudflare/harmless.ts';

const LEFT_OUT = /left out/;

describe('another program’s message', () => {
  it('is shown as it is', () => {
    assert.equal(harmlessMessage('no such table: x', ['SELECT']), 'no such table: x');
  });

  it('is short and has no control characters', () => {
    assert.equal(harmlessMessage('a\u001b[2J\r\nb\u202e', []), 'a [2J b ');
    assert.equal(harmlessMessage('x'.repeat(10_000), []).length, 300);
  });

  it('is left out where it repeats twelve characters of what was sent', () => {
    assert.match(harmlessMessage('bad: “password is hunter2”', ['my password is hunter2']), LEFT_OUT);
    assert.match(harmlessMessage('bad: 123456789012', ['x123456789012x']), LEFT_OUT);
    assert.doesNotMatch(harmlessMessage('bad: 12345678901', ['x12345678901x']), LEFT_OUT);
  });

  it('is left out where what was sent had to be escaped', () => {
    const memory = 'a "b" c "d" e "f" g "h"';
    assert.match(harmlessMessage(`bad: ${memory}`, [JSON.stringify({ text: [memory] })]), LEFT_OUT);
  });

  it('is left out where it can not be compared quickly', () => {
    assert.match(harmlessMessage('no', ['x'.repeat(9 * 2 ** 20)]), LEFT_OUT);
  });
});
