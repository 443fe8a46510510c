import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { dailyNeuronsMessage, dailyRowsMessage } from './dailyUsage.ts';
import { ApiError, json } from './envelope.ts';
import type { Reply } from './envelope.ts';
import type { FaultKind, FaultRule } from './faults.ts';

/** Faults that are no complete answer, or too large for one in memory. */
type RawKind = 'reset' | 'silence' | 'truncated-body' | 'huge-body';
type Raw = (rule: FaultRule, honest: Reply, response: ServerResponse) => Promise<void>;
type Spoil = (rule: FaultRule, honest: Reply) => Reply;

const raw: Readonly<Record<RawKind, Raw>> = {
  reset: async (_rule, _honest, response) => {
    response.socket?.resetAndDestroy();
    await once(response, 'close');
  },
  silence: async (_rule, _honest, response) => {
    await once(response, 'close');
  },
  'truncated-body': async (_rule, honest, response) => {
    const body = Buffer.from(honest.body);
    response.writeHead(honest.status, { ...honest.headers, 'content-length': body.length });
    response.write(body.subarray(0, body.length >> 1), () => response.socket?.destroy());
    await once(response, 'close');
  },
  'huge-body': async ({ bytes = 100e6 }, _honest, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"success":true,"errors":[],"messages":[],"result":"');
    const part = Buffer.alloc(1 << 20, 'x');
    for (let sent = 0; sent < bytes && !response.destroyed; sent += part.length) {
      if (!response.write(part)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    response.end('"}');
  },
};

const spoilt: Readonly<Record<Exclude<FaultKind, RawKind>, Spoil>> = {
  'rate-limited': refusal(429, 10429, 'Too many requests'),
  throttled: refusal(429, 971, 'Please wait and consider throttling your request speed'),
  'd1-overloaded': refusal(429, 7429, 'D1 DB is overloaded. Too many requests queued.'),
  'd1-transient': refusal(400, 7500, 'Network connection lost.'),
  'd1-daily-reads': refusal(400, 7500, dailyRowsMessage('read')),
  'd1-daily-writes': refusal(400, 7500, dailyRowsMessage('write')),
  'vectorize-too-many': refusal(429, 40041, 'too many requests'),
  'ai-capacity': refusal(429, 3040, 'AiError: AiError: Capacity temporarily exceeded, please try again.'),
  'ai-daily-limit': refusal(429, 3036, `AiError: AiError: ${dailyNeuronsMessage}`),
  'ai-daily-limit-4006': refusal(429, 4006, `AiError: AiError: ${dailyNeuronsMessage}`),
  'server-error': ({ status = 500 }) => {
    if (status !== 500) return html(status, `Error ${status}`);
    return new ApiError(500, { code: 10000, message: 'Internal server error' }).toReply();
  },
  challenge: () => html(403, 'Just a moment...', { 'cf-mitigated': 'challenge' }),
  redirect: ({ location = 'http://elsewhere.invalid/' }) => ({
    status: 307,
    headers: { location },
    body: '',
  }),
  unsuccessful: () => {
    const errors = [{ code: 10001, message: 'The request could not be completed' }];
    return json(200, JSON.stringify({ result: null, success: false, errors, messages: [] }));
  },
  'wrong-types': (_rule, { headers, body }) =>
    headers['content-type'] === 'application/json'
      ? json(200, JSON.stringify(wrongTypes(JSON.parse(body.toString()))))
      : json(200, '42'),
  'deep-nesting': () => {
    const nested = '['.repeat(1e6) + ']'.repeat(1e6);
    return json(200, `{"result":${nested},"success":true,"errors":[],"messages":[]}`);
  },
  'empty-body': () => json(200, ''),
};

/** Sends what the fault makes of an answer. */
export async function sendFault(rule: FaultRule, honest: Reply, response: ServerResponse): Promise<void> {
  if (isRaw(rule.kind)) return raw[rule.kind](rule, honest, response);
  const reply = spoilt[rule.kind](rule, honest);
  response.writeHead(reply.status, reply.headers).end(reply.body);
}

function isRaw(kind: FaultKind): kind is RawKind {
  return kind in raw;
}

function refusal(status: number, code: number, message: string): Spoil {
  return ({ retryAfterSeconds = 1 }) => {
    const wait = status === 429 ? { 'retry-after': String(retryAfterSeconds) } : {};
    return new ApiError(status, { code, message }, wait).toReply();
  };
}

function html(status: number, title: string, headers: Record<string, string> = {}): Reply {
  const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body };
}

/** Same shape, no value of the type that it should have; `success` stays so that nothing else gives it away. */
function wrongTypes(value: unknown, key?: string): unknown {
  if (key === 'success') return value;
  if (Array.isArray(value)) return { items: value.map((item) => wrongTypes(item)) };
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, wrongTypes(inner, name)]));
  }
  return typeof value === 'string' ? 42 : String(value);
}
