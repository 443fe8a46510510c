import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { agentLogIn } from './agentLog.ts';

const entrySchema = z.object({ client: z.string(), at: z.number() });

/** A configuration that was handed out for an agent's program. */
export type HandedOut = z.output<typeof entrySchema>;

const fileIn = (dataFolder: string): string => path.join(agentLogIn(dataFolder), 'configurations.json');

/** The latest for each program, newest first, whether the editor or the terminal handed it out. `at`: milliseconds since the epoch. */
export const handedOut = async (dataFolder: string): Promise<HandedOut[]> => {
  try {
    const value: unknown = JSON.parse(await readFile(fileIn(dataFolder), 'utf8'));
    return Array.isArray(value) ? value.flatMap((entry) => entrySchema.safeParse(entry).data ?? []) : [];
  } catch {
    // There is none yet, or it makes no sense: it only helps people to remember.
    return [];
  }
};

export const rememberHandedOut = async (dataFolder: string, client: string): Promise<void> => {
  const others = (await handedOut(dataFolder)).filter((entry) => entry.client !== client);
  await write(dataFolder, [{ client, at: Date.now() }, ...others]);
};

export const forgetHandedOut = async (dataFolder: string, client: string): Promise<void> =>
  write(
    dataFolder,
    (await handedOut(dataFolder)).filter((entry) => entry.client !== client),
  );

/** The whole file at once: another process reads the old one or the new one. */
const write = async (dataFolder: string, entries: readonly HandedOut[]): Promise<void> => {
  const file = fileIn(dataFolder);
  const temporary = `${file}.${randomUUID()}`;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(temporary, `${JSON.stringify(entries, undefined, 2)}\n`, { mode: 0o600 });
  await rename(temporary, file);
};
