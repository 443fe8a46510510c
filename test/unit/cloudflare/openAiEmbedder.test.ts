import assert from 'node:assert/strict';
import { createNodeFetch, type NodeFetch } from '../../../src/cloudflare/nodeFetch.ts';
import { OpenAiEmbedder } from '../../../src/cloudflare/openAiEmbedder.ts';
import { MemoryError, type MemoryErrorCode } from '../../../src/memory/errors.ts';
import { sendJson, startServer, type Handler, type ScriptedServer } from './scriptedServer.ts';

const KEY = 'sk-canary-0123456789';

describe('OpenAiEmbedder', () => {
  let node: NodeFetch;
  let server: ScriptedServer;
  let handle: Handler;
  before(async () => {
    node = createNodeFetch();
    server = await startServer((request, response) => handle(request, response));
  });
  after(async () => {
    await node.close();
    await server.close();
  });
  beforeEach(() => {
    server.received.length = 0;
    handle = ({ body }, response) => {
      const { input } = JSON.parse(body) as { input: string[] };
      const data = input.map((text, index) => ({ index, embedding: [text.length, 0, 1] }));
      sendJson(response, { object: 'list', data: data.reverse(), model: 'm', usage: {} });
    };
  });

  const options = (key?: string) => ({
    fetch: node.fetch,
    baseUrl: `${server.origin}/v1/`,
    model: 'nomic-embed-text',
    key: () => key,
    baseDelay: 0.001,
    maxRetries: 2,
  });
  const embedder = (key?: string) => new OpenAiEmbedder({ ...options(key), dimensions: 3 });
  const rejectsWith = (answer: Promise<unknown>, code: MemoryErrorCode, words: RegExp): Promise<void> =>
    assert.rejects(answer, (error) => {
      assert.ok(MemoryError.is(error, code), String(error));
      assert.match(`${error.message} ${error.nextStep}`, words);
      assert.ok(!`${error.message} ${error.stack ?? ''}`.includes(KEY));
      return true;
    });
  const answering = (status: number, message = 'no', headers = {}): Handler => {
    return (_, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
      sendJson(response, { error: { message } }, status);
    };
  };

  it('asks POST /v1/embeddings, with the key where there is one', async () => {
    await embedder().embed(['a']);
    await embedder(KEY).embed(['b']);
    const [without, withKey] = server.received;
    assert.equal(without?.url, '/v1/embeddings');
    assert.equal(without.headers.authorization, undefined);
    assert.equal(withKey?.headers.authorization, `Bearer ${KEY}`);
    assert.deepEqual(JSON.parse(without.body), {
      model: 'nomic-embed-text',
      input: ['a'],
      encoding_format: 'float',
    });
  });

  it('gives normalised vectors in the order of the texts', async () => {
    const vectors = await embedder().embed(['aaaa', 'b']);
    assert.deepEqual(
      vectors.map((vector) => [...vector].map((value) => value.toFixed(3))),
      [
        ['0.970', '0.000', '0.243'],
        ['0.707', '0.000', '0.707'],
      ],
    );
  });

  it('learns the dimensions by asking', async () => {
    assert.equal((await OpenAiEmbedder.probe(options())).model.dimensions, 3);
  });

  it('refuses vectors of other dimensions than the index has', async () => {
    const wrong = new OpenAiEmbedder({ ...options(), dimensions: 768 });
    await rejectsWith(wrong.embed(['a']), 'embedding-failed', /3 dimensions where there should be 768/);
  });

  it('repeats what is passing', async () => {
    const good = handle;
    const failures = [answering(429, 'slow', { 'retry-after': '0' }), answering(503)];
    handle = (request, response) => (failures.shift() ?? good)(request, response);
    assert.equal((await embedder().embed(['a'])).length, 1);
    assert.equal(server.received.length, 3);
  });

  const refusals: readonly (readonly [number, MemoryErrorCode, RegExp, number])[] = [
    [400, 'embedding-failed', /HTTP 400/, 1],
    [401, 'embedding-unauthorized', /key/, 1],
    [404, 'misconfigured', /nomic-embed-text/, 1],
    [429, 'rate-limited', /Wait/, 3],
    [500, 'embedding-failed', /HTTP 500/, 3],
  ];
  for (const [status, code, words, attempts] of refusals)
    it(`explains HTTP ${status} after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`, async () => {
      handle = answering(status, `bad: ${KEY}`);
      await rejectsWith(embedder(KEY).embed(['a']), code, words);
      assert.equal(server.received.length, attempts);
    });

  it('repeats no text of a memory in its errors', async () => {
    handle = answering(400, 'can not embed "my diary of the summer"');
    await rejectsWith(embedder().embed(['my diary of the summer']), 'embedding-failed', /^(?!.*diary)/);
  });

  it('follows no redirect', async () => {
    handle = (_, response) => response.writeHead(307, { location: 'http://elsewhere.invalid/v1' }).end();
    await rejectsWith(embedder(KEY).embed(['a']), 'offline', /redirect to elsewhere\.invalid/);
    assert.equal(server.received.length, 1);
  });

  it('refuses what is no answer of such a server', async () => {
    for (const body of ['<html>', '{"data":[{"embedding":["1"]}]}', '{}', '']) {
      handle = (_, response) => response.end(body);
      await rejectsWith(embedder().embed(['a']), 'embedding-failed', /not OpenAI/);
    }
  });

  it('says that no server is there', async () => {
    const gone = await startServer(() => undefined);
    await gone.close();
    const nobody = OpenAiEmbedder.probe({ ...options(), baseUrl: `${gone.origin}/v1` });
    await rejectsWith(nobody, 'offline', /server runs/);
  });
});
