import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** The emulator in a process of its own: an extension host is no place for a database server. */
export class EmulatorProcess {
  readonly baseUrl: string;
  readonly token: string;
  /** May look at everything and change nothing. */
  readonly readOnlyToken: string;
  /** Ends in three days. */
  readonly expiringToken: string;
  readonly accountId: string;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, variables: Readonly<Record<string, string>>) {
    this.#child = child;
    this.baseUrl = variables['CLOUDFLARE_API_BASE_URL'] ?? '';
    this.token = variables['CLOUDFLARE_API_TOKEN'] ?? '';
    this.readOnlyToken = variables['READ_ONLY_TOKEN'] ?? '';
    this.expiringToken = variables['EXPIRING_TOKEN'] ?? '';
    this.accountId = variables['CLOUDFLARE_ACCOUNT_ID'] ?? '';
  }

  /** For a process that is to work with it; connecting makes the resources. */
  get environment(): Readonly<Record<string, string>> {
    return {
      CLOUDFLARE_API_BASE_URL: this.baseUrl,
      CLOUDFLARE_API_TOKEN: this.token,
      CLOUDFLARE_ACCOUNT_ID: this.accountId,
    };
  }

  /** `result` of a call, made past the extension. */
  async api<T>(apiPath: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.baseUrl}/accounts/${this.accountId}/${apiPath}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { readonly success: boolean; readonly result: T };
    assert.ok(answer.success, JSON.stringify(answer));
    return answer.result;
  }

  /** Writes vectors as another program does. */
  async upsert(index: string, vectors: readonly object[]): Promise<void> {
    const response = await fetch(
      `${this.baseUrl}/accounts/${this.accountId}/vectorize/v2/indexes/${index}/upsert`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/x-ndjson' },
        body: vectors.map((vector) => JSON.stringify(vector)).join('\n'),
      },
    );
    assert.ok(response.ok, await response.text());
  }

  async rows(database: string, sql: string): Promise<readonly Record<string, unknown>[]> {
    const [answer] = await this.api<{ results: Record<string, unknown>[] }[]>(
      `d1/database/${database}/query`,
      { sql },
    );
    return answer?.results ?? [];
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}

/** `root`: the checkout; `options`: of test/emulator/main.ts. */
export async function startEmulatorProcess(
  root: string,
  options: readonly string[] = [],
): Promise<EmulatorProcess> {
  const node = path.join(root, 'node_modules/.bin/node');
  const child = spawn(node, [path.join(root, 'test/emulator/main.ts'), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const variables: Record<string, string> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [name = '', value = ''] = line.split('=', 2);
    variables[name] = value;
    if (name === 'CLOUDFLARE_ACCOUNT_ID') break;
  }
  return new EmulatorProcess(child, variables);
}
