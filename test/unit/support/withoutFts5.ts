/** Preloaded by `node test/run.ts plain`: a SQLite that was built without FTS5, as that of some Electrons is. */
import { DatabaseSync } from 'node:sqlite';

const NEEDS_FTS5 = /\busing fts5\b|\b(?:from|into|join|if exists)\s+em_(?:words|trigrams)\b/i;

const refuse = (sql: string): void => {
  if (NEEDS_FTS5.test(sql))
    throw Object.assign(new Error('no such module: fts5'), { code: 'ERR_SQLITE_ERROR', errcode: 1 });
};

const real = Object.getOwnPropertyDescriptors(DatabaseSync.prototype);
const guarded = (name: 'exec' | 'prepare'): PropertyDescriptor => {
  const method = real[name].value as (this: DatabaseSync, sql: string, ...rest: unknown[]) => unknown;
  return {
    ...real[name],
    value(this: DatabaseSync, sql: string, ...rest: unknown[]) {
      refuse(sql);
      return method.call(this, sql, ...rest);
    },
  };
};

Object.defineProperties(DatabaseSync.prototype, { exec: guarded('exec'), prepare: guarded('prepare') });
