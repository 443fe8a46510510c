import type { z } from 'zod';

export interface ApiMessage {
  readonly code: number;
  readonly message: string;
  readonly error_chain?: readonly ApiMessage[];
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** The answer to a request that Cloudflare refuses. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly errors: readonly ApiMessage[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    error: ApiMessage | readonly ApiMessage[],
    headers: Record<string, string> = {},
  ) {
    const errors: readonly ApiMessage[] = 'code' in error ? [error] : error;
    super(errors.map((each) => `${each.code}: ${each.message}`).join('; '));
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  toReply(): Reply {
    const envelope = { result: null, success: false, errors: this.errors, messages: [] };
    return json(this.status, JSON.stringify(envelope), this.headers);
  }
}

export function refuse(status: number, code: number, message: string): never {
  throw new ApiError(status, { code, message });
}

export interface ResultInfo {
  readonly page?: number;
  readonly per_page?: number;
  readonly count?: number;
  readonly total_count?: number;
  readonly cursor?: string;
  readonly is_truncated?: boolean;
  readonly delimited?: readonly string[];
}

export function ok(
  result: unknown,
  more: { resultInfo?: ResultInfo; messages?: readonly ApiMessage[] } = {},
): Reply {
  const { resultInfo, messages = [] } = more;
  const envelope = {
    result,
    success: true,
    errors: [],
    messages,
    ...(resultInfo && { result_info: resultInfo }),
  };
  return json(200, JSON.stringify(envelope));
}

export function json(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** One page of a list, by the `page` and `per_page` of the query. */
export function paged(items: readonly object[], query: URLSearchParams, defaultPerPage = 100): Reply {
  const page = Math.max(1, Number(query.get('page') ?? 1));
  const perPage = Number(query.get('per_page') ?? defaultPerPage);
  const result = items.slice((page - 1) * perPage, page * perPage);
  return ok(result, {
    resultInfo: { page, per_page: perPage, count: result.length, total_count: items.length },
  });
}

/** The body as JSON of the given form; any other is refused with HTTP 400 and the product's code for that. */
export function parseBody<T>(body: Buffer, schema: z.ZodType<T>, code: number): T {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return refuse(400, code, 'could not parse the request body as JSON');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuse(400, code, `invalid value at '/${issue?.path.join('/') ?? ''}': ${issue?.message ?? ''}`);
}
