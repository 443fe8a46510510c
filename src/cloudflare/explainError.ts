import { MemoryError, type MemoryErrorCode } from '../memory/errors.ts';
import { DAILY_AI_LIMITS, type CloudflareApiError } from './errors.ts';
import { explainSqlError } from './explainSqlError.ts';
import { SQL_ERROR } from './reasons.ts';

export type Product = 'D1' | 'Vectorize' | 'R2' | 'Workers AI' | 'Account';

/** What a call is about. */
export interface Resource {
  readonly product: Product;
  /** As in a sentence: `the database mcp-memory-db`. */
  readonly name: string;
}

export interface Explanation {
  readonly code: MemoryErrorCode;
  /** What happened, and to what. */
  readonly what: string;
  readonly nextStep: string;
}

export type Explain = (resource: Resource, error: CloudflareApiError) => Explanation;

/** What a token needs, in the words of Cloudflare's token form. */
export const permissionFor: Readonly<Record<Product, string>> = {
  D1: 'D1 Edit',
  Vectorize: 'Vectorize Edit',
  R2: 'Workers R2 Storage Edit',
  'Workers AI': 'Workers AI Read',
  Account: 'Account Settings Read',
};

const reconnect = 'Run Reconnect and choose one that exists, or let it be created.';

const unauthorized: Explain = ({ product, name }) => ({
  code: 'unauthorized',
  what: `Cloudflare did not accept the API token for ${name}: it is mistyped, expired, revoked or disabled, or lacks the permission “${permissionFor[product]}”.`,
  nextStep: 'Run Change Token and paste a valid one. Nothing is lost meanwhile.',
});
const forbidden: Explain = ({ product, name }, { reason }) =>
  reason === 'address-not-allowed'
    ? {
        code: 'forbidden',
        what: 'The API token may not be used from this computer’s IP address.',
        nextStep:
          'Add this address to the token’s client IP filter in Cloudflare’s dashboard, or use another token.',
      }
    : {
        code: 'forbidden',
        what: `The API token lacks the permission “${permissionFor[product]}”, which ${name} needs.`,
        nextStep: `Add “${permissionFor[product]}” to the token in Cloudflare’s dashboard under My Profile, API Tokens; it holds at once.`,
      };
const wrongAccount: Explain = ({ product, name }) => ({
  code: 'forbidden',
  what: `The API token may not use ${product} in this account, so ${name} is out of reach.`,
  nextStep: `Check the account’s ID, and that the token includes this account with the permission “${permissionFor[product]}”.`,
});
const missing: Explain = ({ name }) => ({
  code: 'misconfigured',
  what: `Cloudflare has no ${name.replace(/^the /, '')} in this account.`,
  nextStep: reconnect,
});
const exists: Explain = ({ name }) => ({
  code: 'conflict',
  what: `Something is called like ${name} already.`,
  nextStep: 'Use the existing one, or choose another name.',
});
const wrongDimensions: Explain = ({ name }) => ({
  code: 'misconfigured',
  what: `The embedding model does not fit ${name}: its vectors have another number of dimensions.`,
  nextStep:
    'Choose the model that the index was made for, or run Rebuild Index to make one for the present model.',
});
const invalidName: Explain = ({ name }) => ({
  code: 'invalid-input',
  what: `Cloudflare does not take the name of ${name}.`,
  nextStep: 'Use 3 to 63 lower-case letters, digits and hyphens.',
});
const rateLimited: Explain = ({ name }, { attempts, retryAfter }) => ({
  code: 'rate-limited',
  what: `Cloudflare limited the rate of requests to ${name}${afterRetries(attempts)}.`,
  nextStep: `Wait ${retryAfter === undefined ? 'a few minutes' : `${Math.ceil(retryAfter)} s`} and try again; other programs with the same token count too.`,
});
const overloaded: Explain = ({ product, name }, { attempts }) => ({
  code: 'busy',
  what: `${product} is overloaded and did not serve ${name}${afterRetries(attempts)}.`,
  nextStep: 'Try again in a minute.',
});
const dailyAiLimit: Explain = () => ({
  code: 'limit-reached',
  what: 'Workers AI has used up today’s free allocation of 10,000 neurons. It resets at 00:00 UTC.',
  nextStep:
    'Memories can be stored and are found by keyword; those without a vector get it after the reset. A paid Workers plan lifts the limit.',
});

const byCode: Readonly<Record<number, Explain>> = {
  1000: unauthorized,
  6003: unauthorized,
  9106: unauthorized,
  9109: forbidden,
  10000: (resource, error) => (error.status === 401 ? unauthorized : forbidden)(resource, error),
  7403: wrongAccount,
  7003: missing,
  971: rateLimited,
  10429: rateLimited,
  // D1
  7404: missing,
  7406: ({ name }) => ({
    code: 'limit-reached',
    what: `The account has as many D1 databases as its plan allows, so ${name} can not be created.`,
    nextStep: 'Use an existing database, delete one, or change the plan.',
  }),
  7429: overloaded,
  7502: exists,
  // Vectorize
  3000: missing,
  3002: exists,
  3005: missing,
  40006: wrongDimensions,
  40012: wrongDimensions,
  40014: rateLimited,
  40041: rateLimited,
  // R2
  10004: exists,
  10005: invalidName,
  10006: missing,
  10042: () => ({
    code: 'misconfigured',
    what: 'R2 is not enabled on this Cloudflare account; it needs a payment method there, also for free use.',
    nextStep:
      'Enable R2 in Cloudflare’s dashboard and run Reconnect. Without it everything works except memories that are too large for D1.',
  }),
  10058: rateLimited,
  // Workers AI
  3006: ({ name }) => ({
    code: 'too-large',
    what: `The texts are too large for ${name}.`,
    nextStep: 'Store them in parts.',
  }),
  3040: overloaded,
  5007: missing,
};

const withoutAnswer: Explain = ({ name }, { failure, message, attempts }) => {
  if (failure === 'untrusted')
    return {
      code: 'offline',
      what: `The certificate of the server that answered for ${name} is not trusted: ${message}.`,
      nextStep:
        'If a company’s proxy stands between, add its certificate to the system, or name it in NODE_EXTRA_CA_CERTS for the terminal.',
    };
  return {
    code: 'offline',
    what: `Cloudflare could not be reached for ${name}${afterRetries(attempts)}: ${message}.`,
    nextStep: 'Check the network connection and the proxy, and try again.',
  };
};

const badAnswer: Explain = ({ name }, { failure, status, message, attempts }) => ({
  code: 'service-failed',
  what: `The answer for ${name} was refused${afterRetries(attempts)}: ${message} (HTTP ${status}).`,
  nextStep:
    failure === 'too-large'
      ? 'Ask for less at once. If it was not much, something other than Cloudflare may have answered.'
      : 'Check that no proxy, firewall or sign-in page answers in Cloudflare’s place, and try again.',
});

const refused: Explain = ({ name }, { status, code, message, attempts }) => ({
  code: 'service-failed',
  what: `Cloudflare failed on ${name}${afterRetries(attempts)}: ${message} (HTTP ${status}${code === undefined ? '' : `, code ${code}`}).`,
  nextStep:
    status >= 500
      ? 'Try again in a few minutes; www.cloudflarestatus.com tells of disturbances.'
      : 'Try again; if it stays so, run Copy Diagnostics and report it.',
});

const explainerOf = (error: CloudflareApiError): Explain => {
  switch (error.failure) {
    case 'unreachable':
    case 'untrusted':
    case 'reset':
    case 'timeout':
      return withoutAnswer;
    case 'redirect':
    case 'too-large':
    case 'malformed':
      return error.status === 429 ? rateLimited : badAnswer;
    case 'api':
      if (DAILY_AI_LIMITS.has(error.code)) return dailyAiLimit;
      if (error.code === SQL_ERROR) return explainSqlError;
      if (error.status >= 500) return refused;
      return byCode[error.code ?? 0] ?? byStatus(error);
  }
};

const byStatus = ({ status, reason }: CloudflareApiError): Explain => {
  if (reason === 'vector-limit') return vectorLimit;
  if (status === 401) return unauthorized;
  if (status === 429) return rateLimited;
  return status === 403 ? forbidden : refused;
};

const vectorLimit: Explain = ({ name }) => ({
  code: 'limit-reached',
  what: `The plan allows no more stored vectors in ${name}; the free one holds 5 million dimensions, about 6,500 vectors of 768.`,
  nextStep:
    'The memories are stored and found by keyword. Delete old ones or change the plan, then run Repair.',
});

const afterRetries = (attempts: number): string =>
  attempts < 2 ? '' : ` after ${attempts - 1} ${attempts === 2 ? 'retry' : 'retries'}`;

/** The one place that turns Cloudflare's failures into words for a person: what happened, to what, and what to do. */
export const explainCloudflareError = (error: CloudflareApiError, resource: Resource): MemoryError => {
  const { code, what, nextStep } = explainerOf(error)(resource, error);
  const ray = error.ray === undefined ? '' : ` [ray ${error.ray}]`;
  return new MemoryError(code, `${what}${code === 'service-failed' ? ray : ''}`, nextStep, { cause: error });
};
