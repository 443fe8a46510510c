import assert from 'node:assert/strict';
import type { Emulator } from '../emulator/emulator.ts';
import { startEmulator } from '../emulator/emulator.ts';
import type { EmulatorOptions } from '../emulator/options.ts';

export interface Answer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly success: boolean;
  readonly result: T;
  readonly errors: readonly { readonly code: number; readonly message: string }[];
}

export interface D1Entry {
  readonly success: boolean;
  readonly results: readonly Readonly<Record<string, unknown>>[];
  readonly meta: {
    readonly changes: number;
    readonly last_row_id: number;
    readonly changed_db: boolean;
    readonly rows_read: number;
    readonly rows_written: number;
    readonly size_after: number;
  };
}

export interface RequestOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request as a person would write it with curl; `path` is after the account, or after `/client/v4` with `~`. */
export async function send<T = unknown>(
  emulator: Emulator,
  method: string,
  path: string,
  body?: string | object,
  { token = emulator.token, headers = {} }: RequestOptions = {},
): Promise<Answer<T>> {
  const url = path.startsWith('~')
    ? emulator.baseUrl + path.slice(1)
    : `${emulator.baseUrl}/accounts/${emulator.accountId}${path}`;
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const envelope = (await response.json()) as Pick<Answer<T>, 'success' | 'result' | 'errors'>;
  return { status: response.status, headers: response.headers, ...envelope };
}

/** Its result; an answer that is not a success fails the test. */
export async function get<T>(...request: Parameters<typeof send>): Promise<T> {
  const answer = await send<T>(...request);
  assert.ok(answer.success, JSON.stringify(answer.errors));
  return answer.result;
}

/** `429/971`, as the facts are written down. */
export async function refusal(...request: Parameters<typeof send>): Promise<string> {
  const { success, status, errors } = await send(...request);
  assert.equal(success, false);
  return `${status}/${errors[0]?.code ?? 'no code'}`;
}

/** An emulator for one test; ended even if that fails. */
export async function withEmulator(
  options: EmulatorOptions,
  action: (emulator: Emulator) => Promise<void>,
): Promise<void> {
  const emulator = await startEmulator(options);
  try {
    await action(emulator);
  } finally {
    await emulator.close();
  }
}

export async function createDatabase(emulator: Emulator, name: string): Promise<string> {
  const { uuid } = await get<{ uuid: string }>(emulator, 'POST', '/d1/database', { name });
  return `/d1/database/${uuid}`;
}

/** Runs one statement and gives its rows. */
export async function rowsOf(
  emulator: Emulator,
  database: string,
  sql: string,
  ...params: unknown[]
): Promise<D1Entry['results']> {
  const [entry] = await get<D1Entry[]>(emulator, 'POST', `${database}/query`, { sql, params });
  assert.ok(entry?.success);
  return entry.results;
}

export async function createIndex(
  emulator: Emulator,
  name: string,
  dimensions = 3,
  metric = 'cosine',
): Promise<string> {
  await get(emulator, 'POST', '/vectorize/v2/indexes', { name, config: { dimensions, metric } });
  return `/vectorize/v2/indexes/${name}`;
}

export const ndjson = { headers: { 'content-type': 'application/x-ndjson' } } as const;

export function lines(...vectors: readonly object[]): string {
  return vectors.map((vector) => JSON.stringify(vector)).join('\n');
}
