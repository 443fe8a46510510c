import assert from 'node:assert/strict';
import type { Emulator } from '../emulator/emulator.ts';
import { startEmulator } from '../emulator/emulator.ts';
import { get, refusal, send } from './emulatorRequests.ts';

const objects = '/r2/buckets/content/objects';

describe('the emulated R2', () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await startEmulator();
    await get(emulator, 'POST', '/r2/buckets', { name: 'content' });
  });
  after(() => emulator.close());

  const read = async (key: string): Promise<[number, string | null, string]> => {
    const url = `${emulator.baseUrl}/accounts/${emulator.accountId}${objects}/${key}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${emulator.token}` } });
    return [response.status, response.headers.get('content-type'), await response.text()];
  };

  it('gives an object back byte for byte, its slashes encoded or not', async () => {
    const text = 'é\r\n\u{1f600}\0 end';
    const put = await get<{ key: string; etag: string; size: string }>(
      emulator,
      'PUT',
      `${objects}/content/a%2Fb.txt`,
      text,
      {
        headers: { 'content-type': 'text/plain' },
      },
    );
    assert.deepEqual([put.key, put.size], ['content/a/b.txt', String(Buffer.byteLength(text))]);
    assert.match(put.etag, /^[0-9a-f]{32}$/);
    assert.deepEqual(await read('content/a/b.txt'), [200, 'text/plain', text]);
    assert.deepEqual(await read('content%2Fa%2Fb.txt'), [200, 'text/plain', text]);
    await get(emulator, 'DELETE', `${objects}/content%2Fa/b.txt`);
    assert.equal((await read('content/a/b.txt'))[0], 404);
  });

  it('lists keys by prefix and delimiter, a page at a time', async () => {
    for (const key of ['l/1', 'l/2', 'l/sub/3', 'l/sub/4', 'm'])
      await get(emulator, 'PUT', `${objects}/${key}`, key);
    const page = async (query: string) => {
      const url = `${emulator.baseUrl}/accounts/${emulator.accountId}${objects}?${query}`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${emulator.token}` } });
      const { result, result_info } = (await response.json()) as {
        result: { key: string; size: number }[];
        result_info: { cursor?: string; is_truncated: boolean; delimited: string[] };
      };
      return { keys: result.map(({ key }) => key), ...result_info };
    };
    const folded = await page('prefix=l/&delimiter=/');
    assert.deepEqual(
      [folded.keys, folded.delimited, folded.is_truncated],
      [['l/1', 'l/2'], ['l/sub/'], false],
    );
    const first = await page('prefix=l/&per_page=3');
    assert.deepEqual([first.keys, first.is_truncated], [['l/1', 'l/2', 'l/sub/3'], true]);
    assert.deepEqual((await page(`prefix=l/&per_page=3&cursor=${first.cursor ?? ''}`)).keys, ['l/sub/4']);
  });

  it('keeps the buckets of a jurisdiction apart', async () => {
    const eu = { headers: { 'cf-r2-jurisdiction': 'eu' } };
    await get(emulator, 'POST', '/r2/buckets', { name: 'in-europe', locationHint: 'weur' }, eu);
    assert.equal(await refusal(emulator, 'GET', '/r2/buckets/in-europe'), '404/10006');
    const { buckets } = await get<{ buckets: { name: string }[] }>(
      emulator,
      'GET',
      '/r2/buckets',
      undefined,
      eu,
    );
    assert.deepEqual(
      buckets.map(({ name }) => name),
      ['in-europe'],
    );
  });

  it('refuses as Cloudflare does', async () => {
    assert.equal(await refusal(emulator, 'GET', '/r2/buckets/missing/objects'), '404/10006');
    assert.equal(await refusal(emulator, 'GET', `${objects}/missing`), '404/10007');
    assert.equal(await refusal(emulator, 'POST', '/r2/buckets', { name: 'content' }), '409/10004');
    assert.equal(await refusal(emulator, 'POST', '/r2/buckets', { name: 'Not Valid' }), '400/10005');
    assert.equal(await refusal(emulator, 'PUT', `${objects}/${'k'.repeat(1025)}`, 'x'), '400/10020');
    assert.equal(await refusal(emulator, 'DELETE', '/r2/buckets/content'), '409/10008');
  });

  it('is not enabled on every account: 403/10042', async () => {
    emulator.settings.r2Enabled = false;
    assert.equal(await refusal(emulator, 'GET', '/r2/buckets'), '403/10042');
    const { errors } = await send(emulator, 'POST', '/r2/buckets', { name: 'wanted' });
    assert.match(errors[0]?.message ?? '', /enable R2/);
    emulator.settings.r2Enabled = true;
  });
});
