import { CloudflareClient, type CloudflareClientOptions } from '../../../src/cloudflare/client.ts';
import type { Fetch } from '../../../src/cloudflare/http.ts';
import { HastyClock } from './testClock.ts';

export const TOKEN = 'cfut_canary0123456789abcdef0123456789abcdef0123';

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | undefined;
}

type Answer = Response | Error | ((request: SentRequest) => Response | Promise<Response>);

export const success = (result: unknown, more: object = {}): Response =>
  Response.json({ success: true, errors: [], messages: [], result, ...more });

export const refusal = (
  status: number,
  code: number,
  message = 'refused',
  headers: Record<string, string> = {},
): Response =>
  Response.json(
    { success: false, errors: [{ code, message }], messages: [], result: null },
    { status, headers: { 'cf-ray': '8f00-FRA', ...headers } },
  );

/** What fetch throws when the connection breaks. */
export const networkError = (code: string): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

export interface FakeApi {
  readonly client: CloudflareClient;
  readonly sent: SentRequest[];
  readonly clock: HastyClock;
  readonly log: string[];
}

/** A client whose fetch gives these answers, the last one again and again. */
export const fakeApi = (
  answers: readonly Answer[],
  options: Partial<CloudflareClientOptions> = {},
): FakeApi => {
  const sent: SentRequest[] = [];
  const log: string[] = [];
  const clock = new HastyClock();
  const fetch: Fetch = async (url, { method, headers, body }) => {
    const request = { url, method, headers, body };
    const answer = answers[Math.min(sent.length, answers.length - 1)];
    sent.push(request);
    if (answer === undefined) throw new Error('no answer is left');
    if (answer instanceof Error) throw answer;
    return answer instanceof Response ? answer.clone() : answer(request);
  };
  const note = (line: string): void => void log.push(line);
  const client = new CloudflareClient({
    fetch,
    token: () => TOKEN,
    clock,
    log: { debug: note, warn: note },
    ...options,
  });
  return { client, sent, clock, log };
};

export const bodyOf = (request: SentRequest | undefined): unknown => {
  if (typeof request?.body !== 'string') throw new Error('no JSON was sent');
  return JSON.parse(request.body);
};
