import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { MemoryError, type MemoryErrorCode } from '../../memory/errors.ts';
import { cloudAdvice } from '../cloudAdvice.ts';

/** Every other code means that what the memories stand on failed, not the request. */
const statusOf: Partial<Record<MemoryErrorCode, ContentfulStatusCode>> = {
  'invalid-input': 422,
  'not-found': 404,
  'too-large': 413,
  conflict: 409,
  'rate-limited': 429,
  'limit-reached': 429,
  'storage-full': 507,
  'service-failed': 502,
};

export interface Refusal {
  readonly status: ContentfulStatusCode;
  readonly body: { readonly detail: string; readonly code: string; readonly next_step: string };
}

/** What the caller is told: `detail` as in mcp-memory-service, and what to do. */
export const refusalOf = (error: unknown): Refusal => {
  if (!MemoryError.is(error))
    return {
      status: 500,
      body: {
        detail: 'Edge Memory failed unexpectedly.',
        code: 'unexpected',
        next_step: 'Look at what edge-memory serve printed.',
      },
    };
  const { code, message } = error;
  return {
    status: statusOf[code] ?? 503,
    body: { detail: message, code, next_step: cloudAdvice(error) },
  };
};

export const refused = (status: ContentfulStatusCode, detail: string, nextStep: string): Refusal => ({
  status,
  body: { detail, code: 'invalid-input', next_step: nextStep },
});
