import * as z from 'zod';
import { CloudflareApiError, type CloudflareErrorFields } from './errors.ts';
import { harmlessMessage } from './harmless.ts';
import type { HttpAnswer } from './http.ts';
import { retryAfterOf } from './rateLimitHeaders.ts';

/** How Cloudflare's API wraps every answer. Fields that it adds later are left alone. */
const envelope = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string() })).nullish(),
  result: z.unknown().optional(),
  result_info: z.unknown().optional(),
});

export interface ResultPage<T> {
  readonly result: T;
  readonly info: ResultInfo;
}

/** Of answers in pages: by number or by cursor. */
const resultInfo = z.object({
  page: z.number().optional(),
  per_page: z.number().optional(),
  count: z.number().optional(),
  total_count: z.number().optional(),
  cursor: z.string().optional(),
  is_truncated: z.boolean().optional(),
});
export type ResultInfo = z.output<typeof resultInfo>;

/** The result of an answer, checked. Throws a `CloudflareApiError`; `sent` is what its message must not repeat. */
export const readEnvelope = <T>(
  answer: HttpAnswer,
  schema: z.ZodType<T>,
  sent: readonly string[],
  now: number,
): ResultPage<T> => {
  const fields = fieldsOf(answer, now);
  const parsed = envelope.safeParse(jsonOf(answer, fields));
  if (!parsed.success) throw malformed('an answer without the usual envelope', fields);
  const { success, errors, result, result_info } = parsed.data;
  if (!success || answer.status >= 400) {
    const [error] = errors ?? [];
    throw new CloudflareApiError(
      error === undefined ? `HTTP ${answer.status} without a reason` : harmlessMessage(error.message, sent),
      { ...fields, failure: 'api', code: error?.code, words: error?.message },
    );
  }
  return {
    result: check(schema, result, 'result', fields),
    info: check(resultInfo.nullish(), result_info, 'result_info', fields) ?? {},
  };
};

/** The bytes of an object, which come without an envelope unless there is an error. */
export const readObject = (answer: HttpAnswer, sent: readonly string[], now: number): Buffer => {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  readEnvelope(answer, z.unknown(), sent, now);
  throw malformed(`HTTP ${answer.status} that claims success`, fieldsOf(answer, now));
};

const fieldsOf = ({ status, headers }: HttpAnswer, now: number): Omit<CloudflareErrorFields, 'failure'> => ({
  status,
  ray: headers
    .get('cf-ray')
    ?.slice(0, 40)
    .replace(/[^\w-]/g, ''),
  retryAfter: retryAfterOf(headers, now),
  challenged: headers.get('cf-mitigated') === 'challenge',
});

const malformed = (what: string, fields: Omit<CloudflareErrorFields, 'failure'>): CloudflareApiError =>
  new CloudflareApiError(what, { ...fields, failure: 'malformed' });

const jsonOf = ({ body, headers }: HttpAnswer, fields: Omit<CloudflareErrorFields, 'failure'>): unknown => {
  if (body.length === 0) throw malformed('an empty answer', fields);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    // The parser's own message quotes the text.
    const type = (headers.get('content-type') ?? 'no content type').slice(0, 60).replace(/[^\w/;=. -]/g, '');
    throw malformed(`an answer that is not JSON (${type})`, fields);
  }
};

const check = <T>(
  schema: z.ZodType<T>,
  value: unknown,
  name: string,
  fields: Omit<CloudflareErrorFields, 'failure'>,
): T => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [name, ...(issue?.path ?? [])].map(String).join('.').slice(0, 100);
  throw malformed(`an answer of another form (${path}: ${issue?.code ?? 'wrong'})`, fields);
};
