import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

/** Where memories lie on the map. */
export interface PlacedMemories {
  /** The model whose vectors were placed. */
  readonly space: string;
  /** Of how many memories the map was made; those that came later were placed beside their neighbours. */
  readonly settled: number;
  readonly contentHashes: readonly string[];
  /** An x and a y for each, in -1…1. */
  readonly positions: Float32Array;
}

const VERSION = 1;
/** Steps between 0 and 1 that are told apart: finer than any screen. */
const STEPS = 10_000;

const file = z.object({
  version: z.literal(VERSION),
  space: z.string(),
  settled: z.number(),
  hashes: z.array(z.string()),
  places: z.array(z.number()),
});

/** Derived data: what can't be read is as good as none, and is computed again. */
export const readMap = async (name: string): Promise<PlacedMemories | undefined> => {
  const text = await readFile(name, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = file.safeParse(jsonOf(text));
  if (!parsed.success || parsed.data.places.length !== parsed.data.hashes.length * 2) return undefined;
  const { space, settled, hashes, places } = parsed.data;
  return {
    space,
    settled,
    contentHashes: hashes,
    positions: Float32Array.from(places, (place) => place / STEPS),
  };
};

/** Replaces the file at once, so that no other window reads half of one. */
export const writeMap = async (
  name: string,
  { space, settled, contentHashes, positions }: PlacedMemories,
): Promise<void> => {
  const places = Array.from(positions, (place) => Math.round(place * STEPS));
  const text = JSON.stringify({ version: VERSION, space, settled, hashes: contentHashes, places });
  await mkdir(path.dirname(name), { recursive: true, mode: 0o700 });
  const temporary = `${name}.${process.pid}`;
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, name);
  } finally {
    await rm(temporary, { force: true });
  }
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
