import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { openStoreFile } from '../../../src/local/storeFile.ts';
import { SqliteObjectStore } from '../../../src/local/sqliteObjectStore.ts';
import { SqliteVectorIndex } from '../../../src/local/sqliteVectorIndex.ts';
import { MemoryEngine } from '../../../src/memory/memoryEngine.ts';
import type { Embedder, SqlDatabase } from '../../../src/memory/ports.ts';
import { bagOfWords } from '../support/bagOfWords.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Nothing is read over a network here: whatever can go on has done so by then. */
const others = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await setImmediate();
};

describe('content in an object, between the object and its record', () => {
  const folder = temporaryFolder();
  const content = 'a text of more than ten bytes';

  /** An engine whose model answers once `embedding` does, and whose database refuses to store while `isFull`. */
  const opened = () => {
    const { database, lock } = openStoreFile(folder('memory.db'));
    const model = bagOfWords();
    const state = { embedding: Promise.resolve(undefined), isFull: false };
    const embedder: Embedder = {
      model: model.model,
      embed: async (texts, options) => {
        await state.embedding;
        return model.embed(texts, options);
      },
    };
    const sql: SqlDatabase = {
      features: database.features,
      read: (...call) => database.read(...call),
      write: (...call) => (state.isFull ? Promise.reject(new Error('full')) : database.write(...call)),
    };
    const engine = new MemoryEngine(
      {
        sql,
        embedder,
        vectors: new SqliteVectorIndex(database, model.model),
        objects: new SqliteObjectStore(database),
      },
      { largeContentBytes: 10, embed: 'now' },
    );
    const close = () => {
      database.close();
      lock.close();
    };
    /** Keeps the model from answering; answers what ends that. */
    const pause = () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      state.embedding = promise;
      return () => resolve(undefined);
    };
    return { engine, state, pause, close };
  };

  it('is not taken for what a failed store left behind', async () => {
    const { engine, state, pause, close } = opened();
    state.isFull = true;
    await assert.rejects(engine.store({ content }), /full/);
    state.isFull = false;
    const goOn = pause();
    const storing = engine.store({ content });
    await others();
    const settling = engine.settle();
    await others();
    goOn();
    const { contentHash } = await storing;
    await settling;
    assert.equal((await engine.get([contentHash]))[0]?.content, content);
    close();
  });

  it('is not purged with the memory that had it before', async () => {
    const { engine, pause, close } = opened();
    const { contentHash } = await engine.store({ content });
    await engine.delete([contentHash]);
    const goOn = pause();
    const storing = engine.store({ content });
    await others();
    const purging = engine.purge([contentHash]);
    await others();
    goOn();
    assert.equal((await storing).outcome, 'revived');
    assert.deepEqual(await purging, []);
    assert.equal((await engine.get([contentHash]))[0]?.content, content);
    close();
  });

  it('is not given up with a shorter text of the same hash that is stored meanwhile', async () => {
    const { engine, state, pause, close } = opened();
    await engine.store({ content: '          note' });
    const goOn = pause();
    const storing = engine.store({ content: '           NOTE' });
    await others();
    state.embedding = Promise.resolve(undefined);
    const shorter = engine.store({ content: 'note' });
    await others();
    goOn();
    const [{ contentHash }] = await Promise.all([storing, shorter]);
    assert.equal((await engine.get([contentHash]))[0]?.content, 'note');
    close();
  });
});
