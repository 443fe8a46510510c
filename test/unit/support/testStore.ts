import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { LocalStore } from '../../../src/local/localStore.ts';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { MemoryError, type MemoryErrorCode } from '../../../src/memory/errors.ts';
import type { Memory, NewMemory } from '../../../src/memory/memory.ts';
import { bagOfWords } from './bagOfWords.ts';

/** How often to try: all in `npm run soak`, a tenth in `npm test`. */
export const soakRuns = (full: number): number =>
  process.env['EDGE_MEMORY_SOAK'] === '1' ? full : Math.ceil(full / 10);

/** For `assert.rejects` and `assert.throws`: an error of this code that says what to do next. */
export const refusal =
  (code: MemoryErrorCode) =>
  (error: unknown): boolean => {
    if (!MemoryError.is(error, code)) throw error;
    return error.nextStep !== '' && error.message !== '';
  };

const probe = new DatabaseSync(':memory:');
const hasFullText = ((): boolean => {
  try {
    probe.exec('CREATE VIRTUAL TABLE words USING fts5(body)');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
})();

/** How a store of this run looks for words. */
export const keywordWay = hasFullText ? 'full-text' : 'plain-scan';

/** A test of what only full text can do; `node test/run.ts plain` goes without it. */
export const itWithFullText = (title: string, test: Mocha.AsyncFunc): void => {
  if (hasFullText) it(title, test);
};

export interface TestStore {
  readonly store: LocalStore;
  readonly file: string;
  /** Runs SQL on a connection of its own, as another program would; answers the rows. */
  sql(text: string, ...params: readonly SQLInputValue[]): Record<string, unknown>[];
  /** Stores one memory and answers it whole. */
  stored(memory: NewMemory): Promise<Memory>;
  get(contentHash: string): Promise<Memory>;
  /** Opens the same file again, as another process would; ends with the test. */
  open(options?: { fullText?: boolean }): Promise<LocalStore>;
}

export interface TestStoreOptions {
  readonly fullText?: boolean;
  /** One store for all tests of the suite: for those that only read. */
  readonly shared?: boolean;
}

/** An embedded store in a temporary folder, for each test of a suite a new one. Without background work. */
export const useStore = ({ fullText = true, shared = false }: TestStoreOptions = {}): TestStore => {
  let folder = '';
  let opened: LocalStore[] = [];
  const file = () => path.join(folder, 'memory.db');
  const open = async (options: { fullText?: boolean } = {}): Promise<LocalStore> => {
    const store = await openLocalStore(
      { database: file(), weightsDirectory: folder, background: false, ...options },
      bagOfWords(),
    );
    opened.push(store);
    return store;
  };
  (shared ? before : beforeEach)(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'edge-memory-test-'));
    await open({ fullText });
  });
  (shared ? after : afterEach)(async () => {
    for (const store of opened) await store.close();
    opened = [];
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get store() {
      const [first] = opened;
      if (first === undefined) throw new Error('the store is open during tests only');
      return first;
    },
    get file() {
      return file();
    },
    open,
    sql(text, ...params) {
      const database = new DatabaseSync(file());
      try {
        // Rows have no prototype, which deepEqual would mind.
        return database
          .prepare(text)
          .all(...params)
          .map((row) => ({ ...row }));
      } finally {
        database.close();
      }
    },
    async stored(memory) {
      const { contentHash } = await this.store.store(memory);
      return this.get(contentHash);
    },
    async get(contentHash) {
      const [memory] = await this.store.get([contentHash]);
      if (memory === undefined) throw new Error(`there is no memory ${contentHash}`);
      return memory;
    },
  };
};
