import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { ndjsonOf, roundedValues, vectorGroups } from '../../../src/cloudflare/vectorLines.ts';
import { MemoryError } from '../../../src/memory/errors.ts';

const values = Float32Array.of(0.75, -0.5);

describe('vectors for an upsert', () => {
  it('are a line of JSON each', async () => {
    const records = [
      { id: 'a', values: Float32Array.of(0.5, -0.25), metadata: { tags: 'x\ny' } },
      { id: 'b', values },
    ];
    const lines = (await ndjsonOf(records)).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      [
        { id: 'a', values: [0.5, -0.25], metadata: { tags: 'x\ny' } },
        { id: 'b', values: [0.75, -0.5] },
      ],
    );
  });

  it('go in thousands, and by bytes where they are long', async () => {
    const many = Array.from({ length: 2001 }, (_, i) => ({ id: `${i}`, values }));
    assert.deepEqual(
      vectorGroups(many).map(({ length }) => length),
      [1000, 1000, 1],
    );
    const long = Float32Array.from({ length: 1536 }, (_, i) => -0.12345678 - i / 1e5);
    const [first = []] = vectorGroups(many.map(({ id }) => ({ id, values: long })));
    assert.ok(first.length < 1000);
    assert.ok(Buffer.byteLength(await ndjsonOf(first)) <= 16 * 2 ** 20);
  });

  it('do not hold up the thread', async () => {
    const records = Array.from({ length: 500 }, (_, i) => ({ id: `${i}`, values }));
    let turns = 0;
    const state = { done: false };
    const lines = ndjsonOf(records).finally(() => (state.done = true));
    while (!state.done) {
      await setImmediate();
      turns++;
    }
    await lines;
    assert.ok(turns >= 10, `${turns} turns`);
  });

  it('lose no more than a float does', () => {
    const exact = Float32Array.from({ length: 768 }, (_, i) => Math.sin(i * i) / Math.sqrt(384));
    const back = Float32Array.from(JSON.parse(JSON.stringify(roundedValues(exact))) as number[]);
    const error = Math.max(...exact.map((value, i) => Math.abs(value - (back[i] ?? 0))));
    assert.ok(error <= 1e-8, `${error}`);
  });

  it('have an id of 1 to 64 bytes, and finite values', () => {
    const refused = (id: string) =>
      assert.throws(
        () => vectorGroups([{ id, values }]),
        (error) => MemoryError.is(error, 'invalid-input'),
      );
    refused('');
    refused('x'.repeat(65));
    refused('ü'.repeat(33));
    assert.equal(vectorGroups([{ id: 'x'.repeat(64), values }]).length, 1);
    assert.throws(
      () => roundedValues(Float32Array.of(1, NaN)),
      (error) => MemoryError.is(error, 'embedding-failed'),
    );
  });
});
