import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { encode } from 'gpt-tokenizer';
import { openLocalStore } from '../../src/local/openLocalStore.ts';
import { SqliteObjectStore } from '../../src/local/sqliteObjectStore.ts';
import { SqliteVectorIndex } from '../../src/local/sqliteVectorIndex.ts';
import { openStoreFile } from '../../src/local/storeFile.ts';
import { InThreadEmbedder } from '../../src/local/useLite/inThreadEmbedder.ts';
import { WorkerStore } from '../../src/local/workerStore.ts';
import type { AgentStore } from '../../src/mcp/agentStore.ts';
import { createServer } from '../../src/mcp/createServer.ts';
import { WorkspaceFiles } from '../../src/mcp/workspaceFiles.ts';
import { MemoryEngine } from '../../src/memory/memoryEngine.ts';
import { startSocketHost } from '../../src/vscode/mcp/socketHost.ts';
import { near, percentile, seeded, WordSource } from './corpus.ts';
import { type Figure, timed } from './measure.ts';
import type { Round, RoundTimes } from './socketClient.ts';

const SIZE = 10_000;
const BATCH = 1000;
const REAL_VECTORS = 200;
const NOISE = 0.6;
const QUERIES = 100;
const PARALLEL = 100;
const STARTS = 7;

/** What the tools cost beside the engine, and how fast a server is there that a client starts. */
export const mcpBench = async (root: string, useLite: string): Promise<Figure[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'edge-memory-bench-'));
  const database = path.join(folder, 'memory.db');
  const source = new WordSource(path.join(useLite, 'vocabulary.json'), seeded(11));
  try {
    await fill(database, useLite, source);
    const questions = Array.from({ length: QUERIES }, () => source.words(4));
    return [
      ...(await inProcess(database, useLite, questions)),
      ...(await inWindow(database, useLite, questions)),
      ...(await asProcess(path.join(root, 'dist/cli.js'), database, questions)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Memories with vectors near real ones. */
const fill = async (file: string, useLite: string, source: WordSource): Promise<void> => {
  const random = seeded(SIZE);
  const embedder = new InThreadEmbedder({ weightsDirectory: useLite });
  const { database, lock } = openStoreFile(file);
  const vectors = new SqliteVectorIndex(database, embedder.model);
  const ports = { sql: database, vectors, objects: new SqliteObjectStore(database), embedder };
  const engine = new MemoryEngine(ports, { largeContentBytes: 1_048_576 });
  try {
    const base = await embedder.embed(Array.from({ length: REAL_VECTORS }, () => source.words(12)));
    for (let done = 0; done < SIZE; done += BATCH) {
      const stored = await engine.storeMany(
        Array.from({ length: BATCH }, (_, i) => ({
          content: `${source.words(75)} ${done + i}`,
          tags: [`area-${Math.floor(random() * 200)}`, 'bench'],
        })),
      );
      await vectors.upsert(
        stored.map(({ contentHash }, i) => {
          const vector = base[(done + i) % base.length];
          if (vector === undefined) throw new Error('no vector');
          return { contentHash, chunks: [near(vector, NOISE, random)] };
        }),
      );
    }
    database.run('DELETE FROM em_embed_queue');
  } finally {
    database.close();
    lock.close();
  }
};

const searchWith = async (client: Client, query: string): Promise<void> => {
  const { isError } = await client.callTool({ name: 'memory_search', arguments: { query } });
  if (isError) throw new Error(`the search for “${query}” failed`);
};

const inProcess = async (
  database: string,
  weightsDirectory: string,
  questions: readonly string[],
): Promise<Figure[]> => {
  const store = await openLocalStore({ database, weightsDirectory, background: false });
  const { request, close } = await messagesTo(store);
  try {
    const overheads: number[] = [];
    for (const query of questions)
      await request('tools/call', { name: 'memory_search', arguments: { query } });
    for (const query of questions) {
      // Afterwards the query's embedding is known to both.
      await store.search({ query });
      const [engine = 0] = await timed(1, () => store.search({ query }));
      const [tool = 0] = await timed(1, () =>
        request('tools/call', { name: 'memory_search', arguments: { query } }),
      );
      overheads.push(tool - engine);
    }
    const { tools } = await request('tools/list', {});
    return [
      {
        what: 'memory_search, from message to message, over the engine’s search, 10k memories, p50',
        value: percentile(overheads, 0.5),
        unit: 'ms',
        target: { atMost: 2 },
      },
      {
        what: 'the whole tool list',
        value: encode(JSON.stringify(tools)).length,
        unit: 'tokens',
        target: { atMost: 2500 },
      },
    ];
  } finally {
    await close();
    await store.close();
  }
};

/** The server without a client, whose own checks of an answer take longer than the server. */
const messagesTo = async (store: AgentStore) => {
  const server = createServer(() => Promise.resolve(store), {
    version: '0.0.0',
    client: 'bench',
    settings: {},
    files: new WorkspaceFiles([{ path: process.cwd(), root: process.cwd(), project: undefined }]),
  });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await server.connect(theirs);
  let id = 0;
  const request = async (method: string, params: Record<string, unknown>) => {
    const answered = new Promise<Record<string, unknown>>((resolve, reject) => {
      ours.onmessage = (message) => {
        if ('result' in message) resolve(message.result);
        else reject(new Error(JSON.stringify(message)));
      };
    });
    await ours.send({ jsonrpc: '2.0', id: ++id, method, params });
    return answered;
  };
  const clientInfo = { name: 'bench', version: '1' };
  await ours.start();
  await request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  await ours.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return { request, close: () => server.close() };
};

/** As in a window: the socket's server in this thread, the store in its own; who asks is another process. */
const inWindow = async (
  database: string,
  weightsDirectory: string,
  questions: readonly string[],
): Promise<Figure[]> => {
  const store = new WorkerStore({
    storeWorker: new URL('../../src/local/storeWorker.ts', import.meta.url),
    embedderWorker: new URL('../../src/local/embedderWorker.ts', import.meta.url),
    database,
    weightsDirectory,
    background: false,
  });
  const context = { version: '0.0.0', client: 'bench', settings: {} };
  const host = await startSocketHost(path.dirname(database), [], () =>
    createServer(() => Promise.resolve(store), context),
  );
  const client = fork(path.join(import.meta.dirname, 'socketClient.ts'));
  const ask = async (atOnce: boolean): Promise<RoundTimes> => {
    const answered = once(client, 'message');
    client.send({ record: host.record, questions, atOnce } satisfies Round);
    const [times] = (await answered) as [RoundTimes];
    return times;
  };
  try {
    const { failures: first } = await ask(false);
    if (first[0] !== undefined) throw new Error(first[0]);
    const { each, all: oneByOne } = await ask(false);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const { all, failures } = await ask(true);
    delay.disable();
    const what = `${PARALLEL} searches at once through a window’s socket`;
    return [
      {
        what: 'one search through a window’s socket, 10k memories, p50',
        value: percentile([...each], 0.5),
        unit: 'ms',
      },
      {
        what: `${what}, against the same one by one`,
        value: all / oneByOne,
        unit: 'times',
        target: { atMost: 1 },
      },
      { what: `${what}: failed`, value: failures.length, unit: 'calls', target: { atMost: 0 } },
      {
        what: `${what}: the host’s thread is held up at once, at most`,
        value: delay.max / 1e6,
        unit: 'ms',
        target: { atMost: 100 },
      },
      {
        what: `${what}: the same, p99`,
        value: delay.percentile(99) / 1e6,
        unit: 'ms',
        target: { atMost: 50 },
      },
    ];
  } finally {
    client.kill();
    host.dispose();
    await store.close();
  }
};

const asProcess = async (
  script: string,
  database: string,
  questions: readonly string[],
): Promise<Figure[]> => {
  const start = async () => {
    const client = new Client({ name: 'bench', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [script, 'mcp'],
        env: { EDGE_MEMORY_DATABASE: database, HOME: path.dirname(database) },
        cwd: path.dirname(database),
      }),
    );
    return client;
  };
  const initialized: number[] = [];
  const searched: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const began = performance.now();
    const client = await start();
    initialized.push(performance.now() - began);
    await searchWith(client, questions[i] ?? '');
    searched.push(performance.now() - began);
    await client.close();
  }
  const client = await start();
  try {
    for (const query of questions) await searchWith(client, query);
    const each = await timed(PARALLEL, (i) => searchWith(client, questions[i % QUERIES] ?? ''));
    const began = performance.now();
    const ends = await Promise.allSettled(
      Array.from({ length: PARALLEL }, (_, i) => searchWith(client, questions[i % QUERIES] ?? '')),
    );
    const all = performance.now() - began;
    return [
      {
        what: 'stdio server started cold: initialize answered, 10k memories, median',
        value: percentile(initialized, 0.5),
        unit: 'ms',
        target: { atMost: 400 },
      },
      {
        what: 'stdio server started cold: first search answered, 10k memories, median',
        value: percentile(searched, 0.5),
        unit: 'ms',
        target: { atMost: 900 },
      },
      { what: 'one search over stdio, 10k memories, p50', value: percentile(each, 0.5), unit: 'ms' },
      {
        what: `${PARALLEL} searches at once over stdio, against the same one by one`,
        value: all / each.reduce((sum, ms) => sum + ms, 0),
        unit: 'times',
        target: { atMost: 1 },
      },
      {
        what: `${PARALLEL} searches at once over stdio: failed`,
        value: ends.filter(({ status }) => status === 'rejected').length,
        unit: 'calls',
        target: { atMost: 0 },
      },
    ];
  } finally {
    await client.close();
  }
};
