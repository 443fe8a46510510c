import assert from 'node:assert/strict';
import type { CloudflareClient } from '../../../src/cloudflare/client.ts';
import { createEmbedder } from '../../../src/cloudflare/embeddingChoice.ts';
import { refusal } from '../support/testStore.ts';

describe('the address of an embedding server', () => {
  /** The server that would be asked for a vector. */
  const askedBy = async (endpoint: string): Promise<string[]> => {
    const asked: string[] = [];
    const fetch = (url: string | URL | Request): Promise<Response> => {
      asked.push(String(url instanceof Request ? url.url : url));
      return Promise.resolve(Response.json({ data: [{ index: 0, embedding: [1, 0] }] }));
    };
    await createEmbedder(
      { client: {} as unknown as CloudflareClient, account: '', access: { fetch, key: () => 'secret' } },
      { model: 'm', endpoint },
    ).catch((error: unknown) => {
      assert.deepEqual(asked, [], 'something was sent all the same');
      throw error;
    });
    return asked;
  };

  for (const endpoint of [
    'https://gateway.example.com/v1',
    'http://localhost:11434/v1',
    'http://127.0.0.1:1234/v1',
    'http://[::1]:1234/v1',
    'http://10.1.2.3/v1',
    'http://172.20.0.5/v1',
    'http://192.168.1.7:11434/v1',
    'http://[fd12:3456::1]/v1',
    'http://gpu:11434/v1',
    'http://gpu.local/v1',
    'http://models.corp.internal/v1',
  ])
    it(`may be ${endpoint}`, async () => {
      const [url = ''] = await askedBy(endpoint);
      assert.ok(url.startsWith(endpoint));
    });

  for (const endpoint of [
    'http://gateway.example.com/v1',
    'http://8.8.8.8/v1',
    'http://172.32.0.1/v1',
    'http://10.example.com/v1',
    'http://localhost.example.com/v1',
    'http://[2606:4700::1111]/v1',
    'http://me:word@localhost/v1',
    'ftp://localhost/v1',
    'localhost:11434/v1',
    'https://gateway.example.com/v1?key=1',
  ])
    it(`is refused as ${endpoint}`, () => assert.rejects(askedBy(endpoint), refusal('misconfigured')));
});
