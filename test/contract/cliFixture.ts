import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Token, TokenOptions } from '../emulator/auth.ts';
import { type Emulator, startEmulator } from '../emulator/emulator.ts';
import type { Account, EmulatorOptions } from '../emulator/options.ts';
import type { Traffic } from '../emulator/requestLog.ts';
import { type CliHome, type CliInput, type CliRun, makeCliHome } from '../unit/cli/runCli.ts';
import { get, rowsOf } from './emulatorRequests.ts';
import { McpMemoryService } from './mcpMemoryService.ts';

export const NAMES = {
  database: 'mcp-memory-db',
  index: 'mcp-memory-index',
  bucket: 'mcp-memory-content',
} as const;

const accounts: readonly Account[] = Array.from({ length: 30 }, (_, i) => ({
  id: `acc${i.toString().padStart(29, '0')}`,
  name: `Account ${i}`,
}));

/**
 * The real terminal command on an emulator: for each test a home and an account of its own, without resources. Fails
 * where a token shows in what the command prints or leaves behind.
 */
export class CliOnCloudflare {
  #emulator: Emulator | undefined;
  #home: CliHome | undefined;
  #account: Account = { id: '', name: '' };
  #tokens: Token[] = [];
  #used = 0;

  get emulator(): Emulator {
    return this.#emulator ?? assert.fail('the emulator does not run yet');
  }

  get home(): CliHome {
    return this.#home ?? assert.fail('there is no home yet');
  }

  get account(): Account {
    return this.#account;
  }

  get dataFolder(): string {
    return path.join(this.home.folder, '.edge-memory');
  }

  async start(options: EmulatorOptions): Promise<void> {
    const limits = { requestsPerWindow: Infinity, requestsPerSecond: Infinity, ...options.limits };
    this.#emulator = await startEmulator({ ...options, limits, accounts });
  }

  async renew(): Promise<void> {
    this.#home = await makeCliHome();
    this.#account = accounts[this.#used++] ?? assert.fail('too many tests for the accounts');
    this.#tokens = [];
  }

  async clean(): Promise<void> {
    this.emulator.faults.clear();
    const { folder } = this.home;
    for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (file.isFile()) this.#expectNoToken(file.name, readFileSync(path.join(file.parentPath, file.name)));
    await this.home.remove();
  }

  async stop(): Promise<void> {
    await this.#emulator?.close();
  }

  /** A token for the account of this test, and for `others` after it. */
  token(options: TokenOptions = {}, others = 0): string {
    const reached = accounts.slice(this.#used - 1, this.#used + others).map(({ id }) => id);
    const token = this.emulator.tokens.create({ accounts: reached, ...options });
    this.#tokens.push(token);
    return token.value;
  }

  /** What a person sets who has connected; EDGE_MEMORY_DATABASE would choose a local file. */
  environment(token?: string): Record<string, string> {
    return {
      EDGE_MEMORY_DATABASE: '',
      CLOUDFLARE_API_BASE_URL: this.emulator.baseUrl,
      CLOUDFLARE_BASE_DELAY: '0.01',
      ...(token !== undefined && { CLOUDFLARE_API_TOKEN: token }),
    };
  }

  /** The variables of the guides, for resources of the usual names. */
  async guideEnvironment(): Promise<Record<string, string>> {
    const { uuid } = await this.databaseCalled(NAMES.database);
    return {
      ...this.environment(this.token()),
      MCP_MEMORY_STORAGE_BACKEND: 'cloudflare',
      CLOUDFLARE_ACCOUNT_ID: this.account.id,
      CLOUDFLARE_D1_DATABASE_ID: uuid,
      CLOUDFLARE_VECTORIZE_INDEX: NAMES.index,
      CLOUDFLARE_R2_BUCKET: NAMES.bucket,
    };
  }

  async run(args: readonly string[], input: CliInput = {}): Promise<CliRun> {
    const run = await this.home.run(args, input);
    this.#expectNoToken(`stdout of ${args.join(' ')}`, Buffer.from(run.stdout));
    this.#expectNoToken(`stderr of ${args.join(' ')}`, Buffer.from(run.stderr));
    return run;
  }

  /** Runs with --json, expects success, answers what was printed. */
  async json<T>(args: readonly string[], input: CliInput = {}): Promise<T> {
    const { code, stdout, stderr } = await this.run([...args, '--json'], input);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  }

  /** Runs with --json, expects failure, answers the error that was printed. */
  async failure(
    args: readonly string[],
    input: CliInput = {},
  ): Promise<{ exit: number | null; code: string; message: string; nextStep: string }> {
    const { code, stdout, stderr } = await this.run([...args, '--json'], input);
    assert.notEqual(code, 0, stdout);
    const last = stderr.trimEnd().split('\n').at(-1) ?? '';
    const { error } = JSON.parse(last) as { error: { code: string; message: string; nextStep: string } };
    return { exit: code, ...error };
  }

  traffic<T>(action: () => Promise<T>): Promise<Traffic<T>> {
    return this.emulator.log.during(action);
  }

  /** A request of somebody else's; `path` is after the account. */
  ask<T>(method: string, path: string, body?: object): Promise<T> {
    return get<T>(this.emulator, method, `~/accounts/${this.account.id}${path}`, body);
  }

  async makeResources(): Promise<void> {
    await Promise.all([
      this.ask('POST', '/d1/database', { name: NAMES.database }),
      this.ask('POST', '/vectorize/v2/indexes', {
        name: NAMES.index,
        config: { dimensions: 768, metric: 'cosine' },
      }),
      this.ask('POST', '/r2/buckets', { name: NAMES.bucket }),
    ]);
  }

  async databaseCalled(name: string): Promise<{ uuid: string }> {
    const databases = await this.ask<{ uuid: string; name: string }[]>('GET', '/d1/database');
    return databases.find((each) => each.name === name) ?? assert.fail(`no database ${name}`);
  }

  async sql(text: string, ...params: unknown[]): ReturnType<typeof rowsOf> {
    const { uuid } = await this.databaseCalled(NAMES.database);
    return rowsOf(this.emulator, `~/accounts/${this.account.id}/d1/database/${uuid}`, text, ...params);
  }

  /** Everything that is in the database, but for SQLite's own tables. */
  async schema(): Promise<string[]> {
    const rows = await this.sql(
      `SELECT coalesce(sql, name) AS sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY name`,
    );
    return rows.map((row) => String(row['sql']));
  }

  /** mcp-memory-service, with its tables made and these memories stored. */
  async service(contents: readonly string[], database: string = NAMES.database): Promise<McpMemoryService> {
    const { uuid } = await this.databaseCalled(database);
    const prefix = `~/accounts/${this.account.id}`;
    const service = new McpMemoryService(this.emulator, {
      database: `${prefix}/d1/database/${uuid}`,
      index: `${prefix}/vectorize/v2/indexes/${NAMES.index}`,
      bucket: `${prefix}/r2/buckets/${NAMES.bucket}`,
    });
    await service.initialize();
    for (const content of contents) await service.store({ content, tags: ['service', 'old'] });
    return service;
  }

  readConfig(): unknown {
    const file = path.join(this.dataFolder, 'config.json');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  }

  #expectNoToken(where: string, bytes: Buffer): void {
    for (const { value } of this.#tokens) assert.ok(!bytes.includes(value), `the token shows in ${where}`);
  }
}

/** One emulator for the tests of the surrounding `describe`. */
export const useCliOnCloudflare = (options: EmulatorOptions = {}): CliOnCloudflare => {
  const fixture = new CliOnCloudflare();
  before(() => fixture.start(options));
  after(() => fixture.stop());
  beforeEach(() => fixture.renew());
  afterEach(() => fixture.clean());
  return fixture;
};
