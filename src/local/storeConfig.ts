import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { MemoryError } from '../memory/errors.ts';
import { configIn } from './paths.ts';

/** Fields that a newer version added survive a rewrite by this one. */
const targetSchema = z.looseObject({
  account: z.string().min(1),
  accountName: z.string(),
  database: z.looseObject({ id: z.string().min(1), name: z.string() }),
  index: z.string().min(1),
  bucket: z.string().min(1).optional(),
  jurisdiction: z.string().min(1).optional(),
  model: z.string().min(1),
  pooling: z.string(),
  /** Of an embedding server that speaks OpenAI's API; Workers AI where there is none. */
  endpoint: z.string().min(1).optional(),
  /** Of a model that is not among the known ones. */
  dimensions: z.int().min(1).optional(),
  /** As the environment of mcp-memory-service's guides sets them; seconds, and UTF-8 bytes. */
  maxRetries: z.int().min(0).optional(),
  baseDelay: z.number().min(0).optional(),
  largeContentBytes: z.int().min(0).optional(),
});
const configSchema = z.looseObject({ active: z.union([z.literal('local'), targetSchema]) });

/** The resources in Cloudflare that hold the memories, and the model that their vectors are made by; no secret. */
export type CloudTarget = z.output<typeof targetSchema>;
/** Which store is the active one; every face of Edge Memory on this machine reads it. */
export type StoreConfig = z.output<typeof configSchema>;

const unreadable = (file: string, why: string, cause?: unknown): MemoryError =>
  new MemoryError(
    'misconfigured',
    `${file} does not say which store to use: ${why}.`,
    'Run edge-memory connect or edge-memory disconnect, which write it anew.',
    { cause },
  );

/** `local` where there is no such file. Rejects with `misconfigured` where it is not understood. */
export const readStoreConfig = async (dataFolder: string): Promise<StoreConfig> => {
  const file = configIn(dataFolder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { active: 'local' };
    throw unreadable(file, (error as NodeJS.ErrnoException).code ?? 'it can not be read', error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(file, 'it is not JSON', error);
  }
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unreadable(
    file,
    `“${parsed.error.issues[0]?.path.join('.') ?? ''}” is not as expected`,
    parsed.error,
  );
};

/** Puts the whole file in place at once: other processes read the old one or the new one. Readable by its owner only. */
export const writeStoreConfig = async (dataFolder: string, config: StoreConfig): Promise<void> => {
  // What this version does not know is kept, unless the file as a whole makes no sense.
  const present = await readStoreConfig(dataFolder).catch(() => ({}));
  const file = configIn(dataFolder);
  const temporary = `${file}.${randomUUID()}`;
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    await writeFile(temporary, `${JSON.stringify({ ...present, ...config }, undefined, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    throw new MemoryError(
      code === 'ENOSPC' ? 'storage-full' : 'read-only',
      `${file} can not be written: ${message}.`,
      code === 'ENOSPC'
        ? 'Free some space and try again.'
        : 'Give your user the right to write there and try again.',
      { cause: error },
    );
  }
};
