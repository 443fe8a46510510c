import assert from 'node:assert/strict';
import { apiPath } from '../../../src/cloudflare/apiPath.ts';
import { MemoryError } from '../../../src/memory/errors.ts';

describe('a path of the API', () => {
  it('keeps each value within its segment', () => {
    assert.equal(apiPath`/a/${'x/../../y'}/z`, '/a/x%2F..%2F..%2Fy/z');
    assert.equal(apiPath`/a/${'?b=c#d'}`, '/a/%3Fb=c%23d');
    assert.equal(apiPath`/a/${'ü 🎉'}`, '/a/%C3%BC%20%F0%9F%8E%89');
  });

  it('takes a list as segments, as in the name of a model', () => {
    assert.equal(apiPath`/run/${['@cf', 'baai', 'bge-m3']}`, '/run/@cf/baai/bge-m3');
  });

  for (const value of ['', '.', '..'])
    it(`refuses “${value}”, which leads elsewhere`, () => {
      assert.throws(
        () => apiPath`/a/${value}/b`,
        (error) => MemoryError.is(error, 'invalid-input'),
      );
      assert.throws(
        () => apiPath`/a/${['x', value]}`,
        (error) => MemoryError.is(error, 'invalid-input'),
      );
    });
});
