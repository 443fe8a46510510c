import { integrityProblems } from '../local/integrity.ts';
import type { LocalStore } from '../local/localStore.ts';
import type { Cli } from './cli.ts';
import { check, type HealthCheck } from './healthCheck.ts';
import { counted } from './output.ts';

/** One after the other: they share one processor and one file. */
export const localHealth = async (cli: Cli, store: LocalStore): Promise<HealthCheck[]> => {
  const call = { signal: cli.signal };
  const { database, fileBytes, sqliteVersion, fullText, schemaVersion } = await store.describe(call);
  const megabytes = (fileBytes / 1e6).toFixed(1);
  return [
    await check(cli, 'file', async () => {
      const live = await store.count({}, call);
      return {
        detail: `${database}: ${counted(live, 'memory', 'memories')}, ${megabytes} MB`,
        facts: { database, bytes: fileBytes, memories: live, schema_version: schemaVersion },
      };
    }),
    await check(cli, 'integrity', () => {
      const [problem] = integrityProblems(database);
      if (problem === undefined) return { detail: 'the file is whole', facts: {} };
      return {
        state: 'unhealthy',
        detail: `the file is damaged: ${problem}`,
        nextStep: 'Run edge-memory backups, then edge-memory restore-backup with the newest good one.',
        facts: { problem },
      };
    }),
    await check(cli, 'full text', () =>
      fullText
        ? { detail: `SQLite ${sqliteVersion} with FTS5`, facts: { sqlite: sqliteVersion, fts5: true } }
        : {
            state: 'warning',
            detail: `SQLite ${sqliteVersion} without FTS5: keywords are searched as whole words, more slowly`,
            nextStep: 'Use a Node whose SQLite has FTS5: 22.16 or newer.',
            facts: { sqlite: sqliteVersion, fts5: false },
          },
    ),
    await check(cli, 'embedder', async () => {
      // Searching by meaning loads the model and embeds the query.
      const { mode } = await store.search({ query: 'health', mode: 'meaning', limit: 1 }, call);
      if (mode.meaning !== undefined) return { detail: mode.meaning, facts: { model: mode.meaning } };
      return {
        state: 'unhealthy',
        detail: `no search by meaning: ${mode.reducedBecause ?? 'the model does not answer'}`,
        nextStep: 'Install Edge Memory again; keyword search works meanwhile.',
        facts: {},
      };
    }),
    await check(cli, 'vectors', async () => {
      const { embedded, pending } = (await store.stats(call)).embedding;
      const facts = { embedded, pending };
      const detail = `${counted(embedded, 'memory', 'memories')} with a vector`;
      return pending === 0
        ? { detail, facts }
        : {
            state: 'warning',
            detail: `${detail}, ${pending.toLocaleString('en')} waiting for one`,
            nextStep: 'Run edge-memory embed, or leave a window open.',
            facts,
          };
    }),
  ];
};
