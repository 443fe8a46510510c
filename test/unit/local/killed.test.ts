import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { bagOfWords } from '../support/bagOfWords.ts';
import { type Program, programs } from '../support/processes.ts';
import { randomFrom } from '../support/randomVectors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { soakRuns } from '../support/testStore.ts';
import { until } from '../support/until.ts';

const seed = Number(process.env['EDGE_MEMORY_SEED'] ?? Date.now() % 1_000_000);
const restless = new URL('programs/restlessProgram.ts', import.meta.url);

/** Runs that share one file: the harm of one would show in the next. */
const RUNS_A_FILE = 10;

describe(`A store whose process is killed (EDGE_MEMORY_SEED=${seed})`, () => {
  const folder = temporaryFolder();
  const start = programs();
  const random = randomFrom(seed);
  let opened: LocalStore[];

  const open = async (database: string): Promise<LocalStore> => {
    const store = await openLocalStore({ database, weightsDirectory: '', background: false }, bagOfWords());
    opened.push(store);
    return store;
  };
  const close = async (store: LocalStore): Promise<void> => {
    opened = opened.filter((other) => other !== store);
    await store.close();
  };
  const killAfter = async (program: Program, milliseconds: number): Promise<void> => {
    await sleep(milliseconds);
    await program.kill();
  };
  /** Kills it at some point of what it does between its first line and its second, or soon after. */
  const killWithin = async (program: Program, usual: number): Promise<void> => {
    await program.linesWritten(1);
    await killAfter(program, random() * usual * 2);
  };
  /** Milliseconds between its first line and its second, where nobody kills it. */
  const durationOf = async (program: Program): Promise<number> => {
    await program.linesWritten(1);
    const begun = performance.now();
    await program.linesWritten(2);
    return performance.now() - begun;
  };
  const assertWhole = async (database: string, store: LocalStore): Promise<void> => {
    const connection = new DatabaseSync(database, { readOnly: true });
    const check = connection.prepare('PRAGMA integrity_check').all();
    connection.close();
    assert.deepEqual(
      check.map((row) => row['integrity_check']),
      ['ok'],
    );
    assert.deepEqual((await store.verify()).problems, []);
  };
  const numbered = (what: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      content: `${what} ${i} ${'text '.repeat(40)}`,
      tags: [what],
    }));

  beforeEach(() => {
    opened = [];
  });
  afterEach(async () => {
    for (const store of opened) await store.close();
  });

  it(`${soakRuns(100)} times while it stores has lost nothing that was acknowledged`, async function () {
    this.timeout(soakRuns(100) * 10_000);
    let kills = 0;
    let acknowledged = 0;
    while (kills < soakRuns(100)) {
      const database = folder(`${kills}`, 'memory.db');
      const hashes: string[] = [];
      for (let run = 0; run < RUNS_A_FILE && kills < soakRuns(100); run++, kills++) {
        // In every other run somebody else has the store open, too.
        const other = run % 2 === 0 ? undefined : await open(database);
        const program = start(restless, ['storing', database, `run${kills}`]);
        await program.linesWritten(1);
        await killAfter(program, random() * 150);
        hashes.push(...program.lines.flatMap((line) => line.split(' ')));
        const store = other ?? (await open(database));
        const found = await store.get(hashes);
        assert.equal(found.length, hashes.length, `${hashes.length - found.length} lost by kill ${kills}`);
        assert.ok(found.every(({ tags, content }) => tags.length === 2 && content.startsWith('memory ')));
        await assertWhole(database, store);
        await close(store);
      }
      acknowledged += hashes.length;
    }
    console.log(`      ${kills} kills, ${acknowledged} memories acknowledged, 0 lost`);
  });

  it(`${soakRuns(30)} times while it makes backups lists whole ones only`, async function () {
    this.timeout(soakRuns(30) * 10_000);
    const database = folder('memory.db');
    await (await open(database)).storeMany(numbered('kept', 1500));
    let listed = 0;
    for (let run = 0; run < soakRuns(30); run++) {
      const program = start(restless, ['backups', database]);
      await program.linesWritten(1);
      await killAfter(program, random() * 150);
      const store = await open(database);
      for (const { file, memories } of await store.backups()) {
        listed++;
        assert.equal(memories, 1500);
        const backup = new DatabaseSync(file, { readOnly: true });
        assert.equal(backup.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok');
        backup.close();
      }
      await assertWhole(database, store);
      await close(store);
    }
    console.log(`      ${soakRuns(30)} kills, ${listed} times a whole backup`);
  });

  it(`${soakRuns(30)} times while it restores a backup holds all of it or all that was there`, async function () {
    this.timeout(soakRuns(30) * 20_000);
    const template = folder('template.db');
    const first = await open(template);
    const old = (await first.storeMany(numbered('old', 1000))).map(({ contentHash }) => contentHash);
    await first.embedPending();
    const { file: backup } = await first.backUp();
    await first.purge(await first.delete(old));
    await first.storeMany(numbered('new', 1500));
    await close(first);
    const restoring = async (run: number) => {
      const database = folder(`${run}`, 'memory.db');
      await close(await open(database));
      copyFileSync(template, database);
      return { database, program: start(restless, ['restoring', database, backup]) };
    };
    const usual = await durationOf((await restoring(-1)).program);
    const outcomes = { old: 0, new: 0 };
    for (let run = 0; run < soakRuns(30); run++) {
      const { database, program } = await restoring(run);
      await killWithin(program, usual);
      const store = await open(database);
      const [olds, news] = [await store.count({ tags: ['old'] }), await store.count({ tags: ['new'] })];
      assert.ok((olds === 1000 && news === 0) || (olds === 0 && news === 1500), `${olds} old, ${news} new`);
      outcomes[olds > 0 ? 'old' : 'new']++;
      const { hits } = await store.search({ query: `${olds > 0 ? 'old' : 'new'} 7`, limit: 5 });
      assert.ok(hits.length > 0);
      await assertWhole(database, store);
      await close(store);
      rmSync(folder(`${run}`), { recursive: true });
    }
    console.log(`      ${outcomes.old} times the backup, ${outcomes.new} times what was there`);
  });

  it(`${soakRuns(30)} times while its file is made or brought up to date opens afterwards`, async function () {
    this.timeout(soakRuns(30) * 20_000);
    const usual = await durationOf(start(restless, ['opening', folder('first', 'memory.db')]));
    for (let run = 0; run < soakRuns(30); run++) {
      const database = folder(`${run}`, 'memory.db');
      const isNew = run % 2 === 0;
      if (!isNew) {
        const store = await open(database);
        await store.storeMany(numbered('kept', 300));
        await close(store);
        const connection = new DatabaseSync(database);
        connection.exec(
          `DELETE FROM em_meta; DROP INDEX em_memories_type; DROP INDEX em_graph_target; DROP TABLE em_local_leases;
           DROP TABLE em_words; INSERT INTO em_local_unindexed SELECT id FROM memories`,
        );
        connection.close();
      }
      await killWithin(start(restless, ['opening', database]), usual);
      const store = await open(database);
      assert.equal(await store.count({}), isNew ? 0 : 300);
      await store.store({ content: 'goes on' });
      await assertWhole(database, store);
      await close(store);
    }
  });

  it('while it embeds leaves that to another one within 20 seconds', async function () {
    // With the real times it waits for most of them; those of `BackgroundEmbedding`'s own tests are short.
    if (soakRuns(2) < 2) this.skip();
    this.timeout(60_000);
    const database = folder('memory.db');
    const first = await open(database);
    await first.storeMany(numbered('waiting', 20));
    await close(first);
    const program = start(restless, ['embedding', database]);
    await program.linesWritten(1);
    const window = await openLocalStore({ database, weightsDirectory: '' }, bagOfWords());
    opened.push(window);
    await sleep(1000);
    assert.equal((await window.stats()).embedding.embedded, 0, 'the other one has it');
    await program.kill();
    const killedAt = performance.now();
    await until(async () => (await window.stats()).embedding.pending === 0, 30_000);
    const took = (performance.now() - killedAt) / 1000;
    console.log(`      taken over after ${took.toFixed(1)} s`);
    assert.ok(took < 20);
  });
});
