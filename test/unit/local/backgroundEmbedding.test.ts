import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryError } from '../../../src/memory/errors.ts';
import type { EmbeddingProgress, StoreEvent } from '../../../src/memory/memory.ts';
import type { Embedder } from '../../../src/memory/ports.ts';
import { BackgroundEmbedding, type EmbeddingTimes } from '../../../src/local/backgroundEmbedding.ts';
import { bagOfWords } from '../support/bagOfWords.ts';
import { programs } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import { engineOn } from './engineOn.ts';

const times: EmbeddingTimes = { leaseSeconds: 15, retryMs: 50, afterFailureMs: 100, progressMs: 20 };

describe('Embedding in the background', () => {
  const folder = temporaryFolder();
  const start = programs();
  let opened: { close(): void | Promise<void> }[];

  /** As one window. */
  const open = (embedder: Partial<Embedder> = {}, own: Partial<EmbeddingTimes> = {}) => {
    const parts = engineOn(folder('memory.db'), { ...bagOfWords(), ...embedder });
    const embedding = new BackgroundEmbedding(parts.engine, parts.database, { ...times, ...own });
    const events: StoreEvent[] = [];
    parts.engine.onDidChange((event) => events.push(event));
    const close = async () => {
      await embedding.stop();
      parts.close();
    };
    opened.push({ close });
    return {
      ...parts,
      embedding,
      close,
      warnings: () => messagesOf(events),
      progress: () => progressOf(events),
    };
  };
  const messagesOf = (events: readonly StoreEvent[]): string[] =>
    events.flatMap((event) => (event.kind === 'warning' ? event.message : []));
  const progressOf = (events: readonly StoreEvent[]): EmbeddingProgress[] =>
    events.flatMap((event) => (event.kind === 'embedding' ? event.progress : []));
  const slowly = (milliseconds: number): Pick<Embedder, 'embed'> => {
    const words = bagOfWords();
    return {
      embed: async (texts) => {
        await sleep(milliseconds);
        return words.embed(texts);
      },
    };
  };
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ content: `memory number ${i}` }));

  beforeEach(() => {
    opened = [];
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
  });

  it('computes the vectors of what waits, and tells of its progress', async () => {
    const { engine, embedding, progress } = open(slowly(5));
    await engine.storeMany(many(40));
    embedding.wake();
    await until(() => progress().at(-1)?.pending === 0);
    const told = progress();
    assert.ok(told.length >= 3, 'on the way, too');
    assert.deepEqual(told.at(-1), { space: 'bag-of-words', embedded: 40, pending: 0 });
    for (const { embedded, pending } of told) assert.equal(embedded + pending, 40);
    assert.deepEqual(
      told.map(({ pending }) => pending),
      told.map(({ pending }) => pending).sort((a, b) => b - a),
    );
  });

  it('goes on with what is stored meanwhile, and with what comes just when it is done', async () => {
    const { engine, embedding, database } = open(slowly(5), { progressMs: 60_000 });
    await engine.storeMany(many(10));
    embedding.wake();
    await engine.store({ content: 'one more' });
    let again = 0;
    engine.onDidChange((event) => {
      if (event.kind !== 'embedding' || event.progress.pending > 0 || again++ > 0) return;
      database.run('DELETE FROM em_local_vectors');
      database.run('INSERT INTO em_embed_queue (content_hash, size) SELECT content_hash, 1 FROM memories');
      embedding.wake();
    });
    await until(async () => again > 1 && (await engine.stats()).embedding.embedded === 11);
  });

  it('leaves the turn to those who wait for an answer', async () => {
    const priorities: (string | undefined)[] = [];
    const words = bagOfWords();
    const { engine, embedding } = open({
      embed: (texts, options) => {
        priorities.push(options?.priority);
        return words.embed(texts);
      },
    });
    await engine.store({ content: 'to be embedded' });
    embedding.wake();
    await until(() => priorities.length > 0);
    assert.deepEqual(priorities, ['background']);
  });

  it('is done by one of several windows, and by another one when that closes', async function () {
    this.retries(2); // other programs may take the time
    const done: Record<string, number> = {};
    const countOf = (who: string): number => done[who] ?? 0;
    const counting = (who: string): Pick<Embedder, 'embed'> => ({
      embed: async (texts) => {
        done[who] = countOf(who) + 1;
        await sleep(5);
        return bagOfWords().embed(texts);
      },
    });
    const [first, second] = [open(counting('first')), open(counting('second'))];
    await first.engine.storeMany(many(60));
    first.embedding.wake();
    await until(() => countOf('first') > 5);
    second.embedding.wake();
    await sleep(150);
    assert.equal(countOf('second'), 0);
    await first.close();
    await until(async () => (await second.engine.stats()).embedding.embedded === 60);
    assert.ok(countOf('second') > 0);
    assert.ok(countOf('first') + countOf('second') <= 61, 'nothing twice, but what was in work');
  });

  it('is taken over from a killed process when its lease has ended', async function () {
    this.retries(2); // other programs may take the time
    const first = open();
    await first.engine.storeMany(many(5));
    await first.close();
    const program = start(new URL('programs/embeddingProgram.ts', import.meta.url), [
      folder('memory.db'),
      '2',
    ]);
    await program.linesWritten(1);
    const next = open({}, { leaseSeconds: 2 });
    next.embedding.wake();
    await sleep(300);
    assert.equal((await next.engine.stats()).embedding.embedded, 0, 'the other one has it');
    await program.kill();
    const killedAt = Date.now();
    await until(async () => (await next.engine.stats()).embedding.embedded === 5);
    assert.ok(Date.now() - killedAt < 6000, `after ${Date.now() - killedAt} ms`);
  });

  describe('that fails', () => {
    const failing = (message: () => string | undefined): Pick<Embedder, 'embed'> => ({
      embed: (texts) => {
        const why = message();
        return why === undefined
          ? bagOfWords().embed(texts)
          : Promise.reject(new MemoryError('embedding-failed', why, 'Wait.'));
      },
    });

    it('warns once for each reason, tries again by itself, and warns anew after it had worked', async () => {
      let why: string | undefined = 'no weights';
      let attempts = 0;
      const { engine, embedding, warnings } = open(
        failing(() => {
          attempts++;
          return why;
        }),
      );
      await engine.store({ content: 'waits' });
      embedding.wake();
      await until(() => attempts > 3);
      assert.deepEqual(warnings(), ['Memories wait for their meaning: no weights Wait.']);
      why = 'out of memory';
      await until(() => warnings().length === 2);
      why = undefined;
      await until(async () => (await engine.stats()).embedding.pending === 0);
      why = 'out of memory';
      await engine.store({ content: 'waits, too' });
      embedding.wake();
      await until(() => warnings().length === 3);
    });

    it('warns anew also where it had worked for one memory only', async () => {
      let attempts = 0;
      const { engine, embedding, warnings } = open(
        failing(() => (++attempts === 2 ? undefined : 'out of memory')),
      );
      await engine.storeMany([{ content: 'waits' }, { content: 'waits, too' }]);
      embedding.wake();
      await until(() => attempts > 3);
      assert.equal(warnings().length, 2);
    });

    it('does not wake another one that failed, nor is woken by it', async () => {
      let attempts = 0;
      const never = failing(() => {
        attempts++;
        return 'no weights';
      });
      const windows = [open(never, { afterFailureMs: 60_000 }), open(never, { afterFailureMs: 60_000 })];
      await windows[0]?.engine.store({ content: 'waits' });
      for (const { embedding } of windows) embedding.wake();
      await until(() => attempts >= 2);
      for (let change = 0; change < 5; change++) {
        for (const { embedding } of windows) embedding.wake('another-process');
        await sleep(20);
      }
      assert.equal(attempts, 2);
      windows[0]?.embedding.wake();
      await until(() => attempts === 3);
    });

    it('keeps its process alive where even the lease can not be renewed', async () => {
      const { engine, embedding, database } = open(slowly(300), { leaseSeconds: 0.06 });
      await engine.store({ content: 'waits' });
      embedding.wake();
      await sleep(50);
      // Every write fails from now on, as on a full disk.
      database.exec('PRAGMA query_only = ON');
      await sleep(100);
      database.exec('PRAGMA query_only = OFF');
      await until(async () => (await engine.stats()).embedding.pending === 0);
    });
  });

  it('stops in the middle without a word, and what is left waits', async function () {
    this.retries(2); // other programs may take the time
    const { engine, embedding, close, warnings, progress } = open(slowly(20));
    await engine.storeMany(many(30));
    embedding.wake();
    await until(() => progress().length > 0);
    await close();
    assert.deepEqual(warnings(), []);
    const next = open();
    const { embedded, pending } = (await next.engine.stats()).embedding;
    assert.ok(embedded > 0 && pending > 0 && embedded + pending === 30, `${embedded} and ${pending}`);
    next.embedding.wake();
    await until(async () => (await next.engine.stats()).embedding.pending === 0);
  });
});
