import * as z from 'zod';
import type { CallOptions, SqlDatabase, SqlRow, SqlStatement } from '../memory/ports.ts';
import { apiPath } from './apiPath.ts';
import { jsonBody, type CloudflareClient } from './client.ts';
import { checkStatement } from './d1Limits.ts';
import { CloudflareApiError } from './errors.ts';
import { explainCloudflareError, type Resource } from './explainError.ts';
import { harmlessMessage } from './harmless.ts';
import { SQL_ERROR } from './reasons.ts';

/** A loop of our own: zod's records take ten times as long, at every search. */
const isRow = (value: unknown): value is SqlRow =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((each) => each === null || typeof each === 'string' || typeof each === 'number');

const answer = z.array(
  z.object({
    success: z.boolean(),
    results: z.array(z.custom<SqlRow>(isRow)).nullish(),
    meta: z.object({ rows_read: z.number().optional(), rows_written: z.number().optional() }).optional(),
    error: z.string().optional(),
  }),
);

/** Memories with all their content; other answers are far smaller. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface D1Options {
  readonly client: CloudflareClient;
  readonly account: string;
  /** The database's id, or its name. */
  readonly database: string;
  /** What to call it in messages. Default: the id. */
  readonly name?: string | undefined;
}

/** What the plan counts: 5 million rows read and 100,000 written a day are free. An index on a written column counts, too. */
export interface D1Usage {
  readonly requests: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

/** A D1 database over its REST API: each call is one request, and one transaction. */
export class D1Database implements SqlDatabase {
  readonly features = { fullText: true, remote: true } as const;
  readonly #client: CloudflareClient;
  readonly #path: string;
  readonly #resource: Resource;
  #usage: D1Usage = { requests: 0, rowsRead: 0, rowsWritten: 0 };

  constructor({ client, account, database, name }: D1Options) {
    this.#client = client;
    this.#path = apiPath`/accounts/${account}/d1/database/${database}/query`;
    this.#resource = { product: 'D1', name: `the database ${name ?? database}` };
  }

  /** Since this object was made. */
  get usage(): D1Usage {
    return this.#usage;
  }

  read(statements: readonly SqlStatement[], options?: CallOptions): Promise<SqlRow[][]> {
    return this.#query(statements, options);
  }

  write(statements: readonly SqlStatement[], options?: CallOptions): Promise<SqlRow[][]> {
    return this.#query(statements, options);
  }

  async #query(statements: readonly SqlStatement[], options: CallOptions = {}): Promise<SqlRow[][]> {
    if (statements.length === 0) return [];
    for (const statement of statements) checkStatement(statement);
    const confidential = textsOf(statements);
    const entries = await this.#client.request(
      {
        ...options,
        method: 'POST',
        path: this.#path,
        resource: this.#resource,
        // `{sql}` alone would go through the API's own splitter at `;`, which mistakes triggers.
        body: jsonBody({ batch: statements.map(({ sql, params = [] }) => ({ sql, params })) }),
        idempotent: true,
        maxBytes: MAX_ANSWER_BYTES,
        confidential,
      },
      answer.length(statements.length),
    );
    this.#count(entries);
    return entries.map(({ success, results, error = 'a statement failed' }) => {
      if (!success) throw this.#statementError(error, confidential);
      return results ?? [];
    });
  }

  #count(entries: z.output<typeof answer>): void {
    const sum = (key: 'rows_read' | 'rows_written'): number =>
      entries.reduce((total, { meta }) => total + (meta?.[key] ?? 0), 0);
    const { requests, rowsRead, rowsWritten } = this.#usage;
    this.#usage = {
      requests: requests + 1,
      rowsRead: rowsRead + sum('rows_read'),
      rowsWritten: rowsWritten + sum('rows_written'),
    };
  }

  #statementError(words: string, confidential: readonly string[]): Error {
    const fields = { failure: 'api', status: 200, code: SQL_ERROR, words } as const;
    return explainCloudflareError(
      new CloudflareApiError(harmlessMessage(words, confidential), fields),
      this.#resource,
    );
  }
}

/** What people wrote is in the parameters; the statements are this program's own. */
const textsOf = (statements: readonly SqlStatement[]): string[] =>
  statements.flatMap(({ params = [] }) => params.filter((param) => typeof param === 'string'));
