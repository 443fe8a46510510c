import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { McpServerFactory } from '@modelcontextprotocol/server';
import {
  removeStaleWindows,
  windowRecordFile,
  type WindowRecord,
  writeWindowRecord,
} from '../../local/windowRecords.ts';
import { httpServer } from '../../mcp/httpServer.ts';
import { LONGEST_MESSAGE } from '../../mcp/longestMessage.ts';
import type { HttpAnswers } from '../../mcp/serveHttp.ts';

export interface SocketHost {
  readonly record: WindowRecord;
  /** At once: a window that ends waits for nobody. */
  dispose(): void;
}

/** sun_path holds 103 bytes on macOS and 107 on Linux (unix(7)). */
const LONGEST_PATH = 100;

/**
 * Serves agents over HTTP on a Unix socket (a named pipe on Windows) that only this person's programs find: its
 * address and nonce stand in a file beside the database. The MCP code is loaded with the first request.
 */
export const startSocketHost = async (
  dataFolder: string,
  folders: readonly string[],
  create: McpServerFactory,
): Promise<SocketHost> => {
  await removeStaleWindows(dataFolder);
  const nonce = randomBytes(32).toString('base64url');
  let answers: Promise<HttpAnswers> | undefined;
  let turn = Promise.resolve();
  const server = httpServer(async (request) => {
    // One begins in each turn of the event loop: many at once leave the host's thread to others in between.
    await (turn = turn.then(() => setImmediate()));
    answers ??= import('../../mcp/serveHttp.ts').then(({ httpAnswers }) =>
      // What comes by standard input to whoever relays it comes here in one body.
      httpAnswers(create, nonce, LONGEST_MESSAGE),
    );
    return (await answers).answer(request);
  });
  const { socket, remove } = await freeSocket();
  const record = { id: randomUUID(), socket, nonce, folders, startedAt: Date.now() };
  const dispose = (): void => {
    rmSync(windowRecordFile(dataFolder, record.id), { force: true });
    server.closeAllConnections();
    server.close();
    remove();
    void answers?.then(({ close }) => close());
  };
  try {
    server.listen(socket);
    await once(server, 'listening');
    if (process.platform !== 'win32') await chmod(socket, 0o600);
    await writeWindowRecord(dataFolder, record);
  } catch (error) {
    dispose();
    throw error;
  }
  return { record, dispose };
};

/** A place for a socket in a folder of its own, which nobody else may enter. */
const freeSocket = async (): Promise<{ socket: string; remove: () => void }> => {
  if (process.platform === 'win32')
    return { socket: `\\\\.\\pipe\\edge-memory-${randomUUID()}`, remove: () => undefined };
  for (const parent of new Set([tmpdir(), '/tmp'])) {
    // mkdtemp(3): mode 0700.
    const folder = await mkdtemp(path.join(parent, 'em-'));
    const socket = path.join(folder, 's');
    if (Buffer.byteLength(socket) <= LONGEST_PATH)
      return { socket, remove: () => rmSync(folder, { recursive: true, force: true }) };
    await rm(folder, { recursive: true });
  }
  throw new Error(`the path of a socket in ${tmpdir()} would be too long`);
};
