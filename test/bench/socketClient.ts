/** Asks the server of a window, in a process of its own, so that asking takes nothing of the window's thread. */
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { messagesIn } from '../../src/cli/relay/messagesIn.ts';
import { windowPeer } from '../../src/cli/relay/windowPeer.ts';
import type { WindowRecord } from '../../src/local/windowRecords.ts';

/** What the parent process sends: where to ask, and the searches of one round. */
export interface Round {
  readonly record: WindowRecord;
  readonly questions: readonly string[];
  readonly atOnce: boolean;
}

export interface RoundTimes {
  /** Milliseconds of each search that was answered. */
  readonly each: readonly number[];
  /** Milliseconds of all together. */
  readonly all: number;
  /** Why the others were not. */
  readonly failures: readonly string[];
}

const HEADERS = {
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
  'mcp-protocol-version': '2025-11-25',
};

const search = async (record: WindowRecord, query: string): Promise<number> => {
  const began = performance.now();
  const params = { name: 'memory_search', arguments: { query } };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const exchange = await windowPeer(record)(HEADERS, body, new AbortController().signal);
  const answers: JSONRPCMessage[] = [];
  for await (const message of messagesIn(exchange)) answers.push(message);
  const [answer] = answers;
  if (answer === undefined || !('result' in answer) || answer.result['isError'])
    throw new Error(`${exchange.status} ${JSON.stringify(answer)}`);
  return performance.now() - began;
};

const run = async ({ record, questions, atOnce }: Round): Promise<RoundTimes> => {
  const began = performance.now();
  const ends: PromiseSettledResult<number>[] = [];
  if (atOnce) ends.push(...(await Promise.allSettled(questions.map((query) => search(record, query)))));
  else for (const query of questions) ends.push(...(await Promise.allSettled([search(record, query)])));
  return {
    each: ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])),
    all: performance.now() - began,
    failures: ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : [])),
  };
};

process.on('message', (round: Round) => void run(round).then((times) => process.send?.(times)));
