import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { codeStateOf, linesHashOf } from '../../../src/memory/codeDrift.ts';
import type { MemorySource } from '../../../src/memory/memory.ts';

const code = ['def connect():', '    return DSN'];
const source: MemorySource = { path: 'db.py', lines: [3, 4], linesHash: linesHashOf(code) };
const file = ['import os', '', ...code, '', 'print(1)'].join('\n');

describe('the code that a memory was made from', () => {
  it('is the same where its lines are as they were, whatever ends them', () => {
    assert.deepEqual(codeStateOf(source, file), { kind: 'same', lines: [3, 4] });
    assert.deepEqual(codeStateOf(source, file.replaceAll('\n', '\r\n')), { kind: 'same', lines: [3, 4] });
    assert.deepEqual(codeStateOf(source, `${file}# more\n`), { kind: 'same', lines: [3, 4] });
  });

  it('has moved where its lines are elsewhere, up or down', () => {
    assert.deepEqual(codeStateOf(source, `# a\n# b\n${file}`), { kind: 'moved', lines: [5, 6] });
    assert.deepEqual(codeStateOf(source, code.join('\n')), { kind: 'moved', lines: [1, 2] });
  });

  it('has moved to the nearest of several places', () => {
    const text = [...code, '', '', '', ...code].join('\n');
    assert.deepEqual(codeStateOf({ ...source, lines: [5, 6] }, text), { kind: 'moved', lines: [6, 7] });
  });

  it('has changed where its lines are nowhere, at the place where they were as far as there is one', () => {
    assert.deepEqual(codeStateOf(source, file.replace('DSN', 'dsn')), { kind: 'changed', lines: [3, 4] });
    assert.deepEqual(codeStateOf(source, 'one\ntwo\nthree'), { kind: 'changed', lines: [3, 3] });
    assert.deepEqual(codeStateOf(source, ''), { kind: 'changed', lines: [1, 1] });
  });

  it('is missing with its file', () => {
    assert.deepEqual(codeStateOf(source, undefined), { kind: 'missing' });
  });

  it('is not known of a memory without lines', () => {
    assert.equal(codeStateOf({ path: 'db.py' }, file), undefined);
    assert.equal(codeStateOf({ path: 'db.py', lines: [1, 2] }, undefined), undefined);
  });

  it('is looked for within bounds in a huge file', () => {
    const text = Array.from({ length: 200_000 }, (_, i) => `const value${i} = ${i};`).join('\n');
    const start = performance.now();
    const state = codeStateOf({ lines: [10, 400], linesHash: 'nowhere' }, text);
    assert.equal(state?.kind, 'changed');
    assert.ok(performance.now() - start < 2000);
  });
});
