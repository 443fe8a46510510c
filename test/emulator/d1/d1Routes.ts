import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Permission, Token } from '../auth.ts';
import { DailyUsage, dailyRowsMessage } from '../dailyUsage.ts';
import { json, ok, paged, parseBody, refuse } from '../envelope.ts';
import type { Reply } from '../envelope.ts';
import type { Limits } from '../options.ts';
import type { ApiRequest, Route } from '../router.ts';
import { param } from '../router.ts';
import type { DatabaseHost } from './databaseHost.ts';
import type { DatabaseStatement } from './databaseWorker.ts';
import { overlongCall, splitStatements } from './sqlText.ts';

interface DatabaseRecord {
  readonly account: string;
  readonly uuid: string;
  readonly name: string;
  readonly created_at: string;
  readonly jurisdiction: string | null;
  /** Transactions that changed something; the bookmark follows it. */
  writes: number;
}

const createBody = z.object({
  name: z.string().min(1).max(64),
  primary_location_hint: z.enum(['wnam', 'enam', 'weur', 'eeur', 'apac', 'oc']).optional(),
  jurisdiction: z.enum(['eu', 'fedramp', 'us']).optional(),
  read_replication: z.object({ mode: z.enum(['auto', 'disabled']) }).optional(),
});
/** Booleans become 1 and 0, and a list of numbers a blob. */
const boundValue = z.union([
  z.string(),
  z.number(),
  z.null(),
  z.boolean().transform(Number),
  z.array(z.number().int().min(0).max(255)),
]);
const statementBody = z.object({ sql: z.string(), params: z.array(boundValue).nullish() });
const queryBody = z.union([z.object({ batch: z.array(statementBody).min(1) }), statementBody]);

const validation = 7400;
const sqlError = 7500;
const edit: readonly Permission[] = ['D1 Edit'];
const read: readonly Permission[] = ['D1 Read', 'D1 Edit'];

/** D1's part of the API over databases that workerd runs. */
export function d1Routes(host: DatabaseHost, limits: Limits, now: () => number): Route[] {
  const databases: DatabaseRecord[] = [];
  const rowsRead = new DailyUsage(now);
  const rowsWritten = new DailyUsage(now);

  const find = (request: ApiRequest): DatabaseRecord => {
    const wanted = param(request, 'database');
    const account = param(request, 'account');
    const found = databases.find(
      (each) => each.account === account && (each.uuid === wanted || each.name === wanted),
    );
    return found ?? refuse(404, 7404, `The database ${wanted} could not be found`);
  };

  const create = (request: ApiRequest): Reply => {
    const account = param(request, 'account');
    const { name, jurisdiction } = parseBody(request.body, createBody, validation);
    const ofAccount = databases.filter((each) => each.account === account);
    if (ofAccount.some((each) => each.name === name)) {
      refuse(400, 7502, `Database with name '${name}' already exists`);
    }
    if (ofAccount.length >= limits.d1Databases) {
      refuse(400, 7406, 'You have reached the maximum number of databases for your account');
    }
    const record: DatabaseRecord = {
      account,
      uuid: randomUUID(),
      name,
      created_at: new Date(now()).toISOString(),
      jurisdiction: jurisdiction ?? null,
      writes: 0,
    };
    databases.push(record);
    return ok(describe(record));
  };

  const query = async (request: ApiRequest, rows: 'objects' | 'arrays'): Promise<Reply> => {
    const database = find(request);
    const statements = readStatements(request.body);
    if (rowsRead.used >= limits.d1RowsReadPerDay) refuse(400, sqlError, dailyRowsMessage('read'));
    const outOfWrites = rowsWritten.used >= limits.d1RowsWrittenPerDay;
    const readOnly = !mayWrite(request.token) || outOfWrites;
    const timeout = AbortSignal.timeout(Math.min(limits.d1QueryMs, 2 ** 31 - 1));
    const answer = await host
      .query(database.uuid, { statements, rows, readOnly, maxBytes: limits.d1DatabaseBytes }, timeout)
      .catch((error: unknown) => {
        if (!timeout.aborted) throw error;
        return { message: 'D1 DB storage operation exceeded timeout which caused object to be reset.' };
      });
    if ('message' in answer) refuse(400, sqlError, answer.message);
    if ('refused' in answer) {
      if (answer.refused === 'size') refuse(400, sqlError, 'Exceeded maximum DB size');
      if (outOfWrites) refuse(400, sqlError, dailyRowsMessage('write'));
      refuse(403, 10000, 'Authentication error');
    }
    rowsRead.add(answer.rowsRead);
    rowsWritten.add(answer.rowsWritten);
    if (answer.rowsWritten > 0) database.writes++;
    return json(200, `{"result":${answer.results},"success":true,"errors":[],"messages":[]}`);
  };

  const root = '/accounts/:account/d1/database';
  const one = `${root}/:database`;
  return [
    { method: 'POST', pattern: root, needs: edit, handle: create },
    {
      method: 'GET',
      pattern: root,
      needs: read,
      // `name` searches, so that a client has to compare the names that it gets.
      handle: (request) => {
        const part = request.query.get('name') ?? '';
        const account = param(request, 'account');
        const found = databases.filter((each) => each.account === account && each.name.includes(part));
        return paged(found.map(describe), request.query);
      },
    },
    {
      method: 'GET',
      pattern: one,
      needs: read,
      handle: async (request) => {
        const database = find(request);
        return ok({ ...describe(database), ...(await measure(host, database.uuid)) });
      },
    },
    {
      method: 'DELETE',
      pattern: one,
      needs: edit,
      handle: async (request) => {
        const database = find(request);
        databases.splice(databases.indexOf(database), 1);
        await host.remove(database.uuid);
        return ok(null);
      },
    },
    { method: 'POST', pattern: `${one}/query`, needs: read, handle: (request) => query(request, 'objects') },
    { method: 'POST', pattern: `${one}/raw`, needs: read, handle: (request) => query(request, 'arrays') },
    {
      method: 'GET',
      pattern: `${one}/time_travel/bookmark`,
      needs: read,
      handle: (request) => ok({ bookmark: bookmark(find(request)) }),
    },
  ];
}

/** A token that may only read runs every statement, but none that writes. */
function mayWrite(token: Token): boolean {
  return edit.some((permission) => token.permissions.includes(permission));
}

function readStatements(body: Buffer): DatabaseStatement[] {
  const query = parseBody(body, queryBody, validation);
  const statements = 'batch' in query ? query.batch.map(oneStatement) : manyStatements(query);
  if (statements.length === 0) refuse(400, sqlError, 'No SQL statements detected.');
  for (const { sql } of statements) {
    const name = overlongCall(sql);
    if (name !== undefined) refuse(400, sqlError, `too many arguments on function ${name}: SQLITE_ERROR`);
  }
  return statements;
}

type StatementBody = z.output<typeof statementBody>;

/** An element of a batch: whether the real API takes several statements in one is unknown, so this one doesn't. */
function oneStatement({ sql, params }: StatementBody): DatabaseStatement {
  const [only, ...others] = splitStatements(sql, { asTheApi: false });
  if (only === undefined) refuse(400, sqlError, 'No SQL statements detected.');
  if (others.length > 0) refuse(400, sqlError, 'A prepared SQL statement must contain only one statement.');
  return { sql: only, params: params ?? [] };
}

function manyStatements({ sql, params }: StatementBody): DatabaseStatement[] {
  const texts = splitStatements(sql, { asTheApi: true });
  if (texts.length > 1 && (params ?? []).length > 0) {
    refuse(400, validation, 'The request is malformed: params cannot be used with several statements');
  }
  return texts.map((text) => ({ sql: text, params: params ?? [] }));
}

function describe(record: DatabaseRecord): object {
  const { uuid, name, created_at, jurisdiction } = record;
  return { uuid, name, version: 'production', created_at, jurisdiction };
}

async function measure(host: DatabaseHost, databaseId: string): Promise<object> {
  const sql = `SELECT count(*) AS tables FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`;
  const query = {
    statements: [{ sql, params: [] }],
    rows: 'objects',
    readOnly: true,
    maxBytes: Infinity,
  } as const;
  const answer = await host.query(databaseId, query, AbortSignal.timeout(30_000));
  if (!('results' in answer)) throw new Error('the database cannot be read');
  const [entry] = JSON.parse(answer.results) as [
    { results: [{ tables: number }]; meta: { size_after: number } },
  ];
  return {
    num_tables: entry.results[0].tables,
    file_size: entry.meta.size_after,
    running_in_region: 'WEUR',
    read_replication: { mode: 'disabled' },
  };
}

/** Of the form that D1 gives: it grows with every change. */
function bookmark({ uuid, writes }: DatabaseRecord): string {
  const hash = createHash('md5').update(`${uuid}:${writes}`).digest('hex');
  return `${writes.toString(16).padStart(8, '0')}-00000000-00000000-${hash}`;
}
