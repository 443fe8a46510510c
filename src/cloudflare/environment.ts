import { MemoryError } from '../memory/errors.ts';
import type { CloudStoreConfig } from './openCloudStore.ts';

/** How to reach Cloudflare's API. */
export interface ApiSettings {
  /** Empty where none is set. */
  readonly token: string;
  readonly maxRetries: number;
  /** Seconds. */
  readonly baseDelay: number;
  readonly baseUrl: string | undefined;
  /** Of an embedding server, where one is used. */
  readonly embeddingKey?: string | undefined;
}

/** The variables of mcp-memory-service's guides, with its defaults. */
export interface CloudEnvironment extends ApiSettings {
  readonly config: CloudStoreConfig;
}

export type Variables = Readonly<Record<string, string | undefined>>;

export type Backend = 'local' | 'cloudflare' | 'hybrid';

/** Which store the environment asks for. Rejects a name that is none. */
export const backendOf = (variables: Variables): Backend => {
  const backend = variables['MCP_MEMORY_STORAGE_BACKEND']?.trim().toLowerCase() ?? '';
  switch (backend) {
    case '':
    case 'sqlite_vec':
      return 'local';
    case 'cloudflare':
    case 'hybrid':
      return backend;
    default:
      throw new MemoryError(
        'invalid-input',
        `MCP_MEMORY_STORAGE_BACKEND is “${backend}”, which is no storage that is known.`,
        'Unset it, or set it to cloudflare, hybrid or sqlite_vec.',
      );
  }
};

const REQUIRED = [
  'CLOUDFLARE_API_TOKEN',
  'CLOUDFLARE_ACCOUNT_ID',
  'CLOUDFLARE_VECTORIZE_INDEX',
  'CLOUDFLARE_D1_DATABASE_ID',
] as const;

const number = (variables: Variables, name: string, fallback: number, whole: boolean): number => {
  const text = variables[name]?.trim();
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && (!whole || Number.isInteger(value))) return value;
  throw new MemoryError(
    'misconfigured',
    `${name} is “${text}”, which is no ${whole ? 'whole ' : ''}number.`,
    `Set it to a number, or unset it for ${fallback}.`,
  );
};

/** What is not blank. */
export const optionalVariable = (variables: Variables, name: string): string | undefined => {
  const value = variables[name]?.trim() ?? '';
  return value === '' ? undefined : value;
};

/** Rejects numbers that are none. */
export const apiSettingsOf = (variables: Variables): ApiSettings => ({
  token: optionalVariable(variables, 'CLOUDFLARE_API_TOKEN') ?? '',
  maxRetries: number(variables, 'CLOUDFLARE_MAX_RETRIES', 3, true),
  baseDelay: number(variables, 'CLOUDFLARE_BASE_DELAY', 1, false),
  baseUrl: optionalVariable(variables, 'CLOUDFLARE_API_BASE_URL'),
  embeddingKey: optionalVariable(variables, 'EDGE_MEMORY_EMBEDDING_KEY'),
});

/** What the guides write, which is as good as nothing. */
const USUAL_THRESHOLD = 1_048_576;

/** UTF-8 bytes above which content goes to R2, where another number than the usual one was set. */
export const largeContentBytesOf = (variables: Variables): number | undefined => {
  const bytes = number(variables, 'CLOUDFLARE_LARGE_CONTENT_THRESHOLD', USUAL_THRESHOLD, true);
  return bytes === USUAL_THRESHOLD ? undefined : bytes;
};

/** How a connection behaves, as far as that was set. */
export interface Tuning {
  readonly maxRetries?: number | undefined;
  /** Seconds. */
  readonly baseDelay?: number | undefined;
  /** UTF-8 bytes above which content goes to R2. */
  readonly largeContentBytes?: number | undefined;
}

/** Only what is set. Rejects numbers that are none. */
export const tuningOf = (variables: Variables): Tuning => {
  const isSet = (name: string) => optionalVariable(variables, name) !== undefined;
  const { maxRetries, baseDelay } = apiSettingsOf(variables);
  const largeContentBytes = largeContentBytesOf(variables);
  return {
    ...(isSet('CLOUDFLARE_MAX_RETRIES') && { maxRetries }),
    ...(isSet('CLOUDFLARE_BASE_DELAY') && { baseDelay }),
    ...(largeContentBytes !== undefined && { largeContentBytes }),
  };
};

/** The variables of an existing setup, for somebody who is asked for what they leave out. */
export interface AccountSettings {
  readonly token: string | undefined;
  readonly account: string | undefined;
  readonly database: string | undefined;
  readonly index: string | undefined;
  readonly bucket: string | undefined;
  readonly model: string | undefined;
  readonly baseUrl: string | undefined;
}

export const accountSettingsOf = (variables: Variables): AccountSettings => ({
  token: optionalVariable(variables, 'CLOUDFLARE_API_TOKEN'),
  account: optionalVariable(variables, 'CLOUDFLARE_ACCOUNT_ID'),
  database: optionalVariable(variables, 'CLOUDFLARE_D1_DATABASE_ID'),
  index: optionalVariable(variables, 'CLOUDFLARE_VECTORIZE_INDEX'),
  bucket: optionalVariable(variables, 'CLOUDFLARE_R2_BUCKET'),
  model: optionalVariable(variables, 'CLOUDFLARE_EMBEDDING_MODEL'),
  baseUrl: optionalVariable(variables, 'CLOUDFLARE_API_BASE_URL'),
});

/** Rejects with `misconfigured`, naming every variable that is missing. */
export const cloudEnvironmentOf = (variables: Variables): CloudEnvironment => {
  const optional = (name: string) => optionalVariable(variables, name);
  const missing = REQUIRED.filter((name) => optional(name) === undefined);
  if (missing.length > 0)
    throw new MemoryError(
      'misconfigured',
      `Cloudflare is chosen, but ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set.`,
      'Set them in the environment or in a .env file, or unset MCP_MEMORY_STORAGE_BACKEND.',
    );
  return {
    ...apiSettingsOf(variables),
    config: {
      account: optional('CLOUDFLARE_ACCOUNT_ID') ?? '',
      database: optional('CLOUDFLARE_D1_DATABASE_ID') ?? '',
      index: optional('CLOUDFLARE_VECTORIZE_INDEX') ?? '',
      bucket: optional('CLOUDFLARE_R2_BUCKET'),
      model: optional('CLOUDFLARE_EMBEDDING_MODEL'),
      endpoint: optional('EDGE_MEMORY_EMBEDDING_URL'),
      largeContentBytes: largeContentBytesOf(variables),
    },
  };
};
