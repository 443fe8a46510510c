/** Preloaded by `node test/run.ts plain`: a SQLite that was built without FTS5, as that of some Electrons is. */
import { DatabaseSync } from 'node:sqlite';

const NEEDS_FTS5 = /\busing fts5\b|\b(?:from|into|join|if exists)\s+em_(?:words|trigrams)\b/i;

const refuse = (sql: string): void => {
  if (NEEDS_FTS5.test(sql))
    throw Object.assign(new Error('no such module: fts5'), { code: 'ERR_SQLITE_ERROR', errcode: 1 });
};

const { exec, prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql) {
  refuse(sql);
  exec.call(this, sql);
};
DatabaseSync.prototype.prepare = function (sql, ...options) {
  refuse(sql);
  return prepare.call(this, sql, ...options);
};
