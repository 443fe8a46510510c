import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';

/** A window of an editor that serves this memory to agents, as it says so to other processes of its person. */
export interface WindowRecord {
  readonly id: string;
  /** Path of a Unix socket or named pipe that speaks HTTP. */
  readonly socket: string;
  /** The bearer token of its requests. */
  readonly nonce: string;
  /** Absolute paths of its workspace folders. */
  readonly folders: readonly string[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Beside the database: who may read the one may read the other. */
const recordsIn = (dataFolder: string): string => path.join(dataFolder, 'windows');
const fileOf = (dataFolder: string, id: string): string => path.join(recordsIn(dataFolder), `${id}.json`);

/** Puts the whole file in place at once, readable by its owner only. */
export const writeWindowRecord = async (dataFolder: string, record: WindowRecord): Promise<void> => {
  await mkdir(recordsIn(dataFolder), { recursive: true, mode: 0o700 });
  const temporary = path.join(recordsIn(dataFolder), `${record.id}.${randomUUID()}`);
  try {
    await writeFile(temporary, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
    await rename(temporary, fileOf(dataFolder, record.id));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

/** Where the record of a window lies, for whoever must remove it at once. */
export const windowRecordFile = fileOf;

/** Of the windows that said they run, the latest first; what is no record is passed over. */
export const readWindowRecords = async (dataFolder: string): Promise<WindowRecord[]> => {
  const names = await readdir(recordsIn(dataFolder)).catch(() => []);
  const records = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map((name) => readRecord(path.join(recordsIn(dataFolder), name))),
  );
  return records.filter((record) => record !== undefined).sort((a, b) => b.startedAt - a.startedAt);
};

const readRecord = async (file: string): Promise<WindowRecord | undefined> => {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isRecord(value) && path.basename(file, '.json') === value.id ? value : undefined;
  } catch {
    // It may have been removed meanwhile.
    return undefined;
  }
};

const isRecord = (value: unknown): value is WindowRecord => {
  const { id, socket, nonce, folders, startedAt } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    [id, socket, nonce].every((text) => typeof text === 'string') &&
    Array.isArray(folders) &&
    folders.every((folder) => typeof folder === 'string') &&
    typeof startedAt === 'number'
  );
};

/** Removes what windows left that were killed: nobody listens at their socket any more. */
export const removeStaleWindows = async (dataFolder: string): Promise<void> => {
  for (const { id, socket } of await readWindowRecords(dataFolder)) {
    if (await listens(socket)) continue;
    await rm(fileOf(dataFolder, id), { force: true });
    if (process.platform === 'win32') continue;
    // Nothing but a socket and an empty folder goes with it, whatever the record names.
    const isSocket = await lstat(socket).then(
      (stat) => stat.isSocket(),
      () => false,
    );
    if (isSocket) await rm(socket, { force: true });
    await rmdir(path.dirname(socket)).catch(() => undefined);
  }
};

const listens = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve(true);
    });
    const gone = ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'];
    connection.once('error', ({ code = '' }: NodeJS.ErrnoException) => resolve(!gone.includes(code)));
  });
