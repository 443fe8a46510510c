import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AgentAct, UndoLog, UndoStep } from '../memory/agentActs.ts';

export interface LoggedAct extends AgentAct {
  /** A person took it back. */
  readonly undone: boolean;
}

/** As it is written: a step on just the memories of its act does not name them again. */
type WrittenStep = UndoStep | { readonly do: 'delete' | 'restore' | 'purge'; readonly hashes?: undefined };
type WrittenAct = Omit<AgentAct, 'undo'> & { readonly undo: readonly WrittenStep[] };
type Line = WrittenAct | { readonly undone: string };

const LARGEST_FILE = 512 * 1024;
/** Of the full files, bytes that are kept of common lines, and of long ones, which one call can fill by the megabyte. */
const KEPT = 2 * 1024 * 1024;
const KEPT_OF_LONG = 16 * 1024 * 1024;
/** Characters: an act on some hundred memories. */
const LONG = 16 * 1024;
const CURRENT = 'activity.jsonl';

/** The folder that holds the log in a data folder. */
export const agentLogIn = (dataFolder: string): string => path.join(dataFolder, 'agents');

/**
 * What agents did, in the order in which it happened, for every process of this person on this machine: lines of
 * JSON in files that only their owner reads. Each line is appended by one write. The oldest are dropped, acts on very
 * many memories before others, so that what one agent stores in bulk leaves what was deleted before it.
 */
export class AgentLog implements UndoLog {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = agentLogIn(dataFolder);
  }

  add(act: AgentAct): Promise<void> {
    return this.#append({ ...act, undo: act.undo.map((step) => writtenStep(step, act.hashes)) });
  }

  markUndone(act: AgentAct): Promise<void> {
    return this.#append({ undone: act.id });
  }

  /** The newest first. */
  async recent(limit: number): Promise<LoggedAct[]> {
    const undone = new Set<string>();
    const acts: LoggedAct[] = [];
    for (const file of [CURRENT, ...(await this.#full())]) {
      const text = await readFile(path.join(this.#folder, file), 'utf8').catch(ifThere(''));
      for (const line of text.split('\n').reverse()) {
        const entry = parsed(line);
        if (entry === undefined) continue;
        if ('id' in entry)
          acts.push({
            ...entry,
            undo: entry.undo.map((step) => readStep(step, entry.hashes)),
            undone: undone.has(entry.id),
          });
        else undone.add(entry.undone);
        if (acts.length === limit) return acts;
      }
    }
    return acts;
  }

  /** Ids of the acts that were taken back. */
  async undone(): Promise<Set<string>> {
    const acts = await this.recent(Number.POSITIVE_INFINITY);
    return new Set(acts.flatMap((act) => (act.undone ? [act.id] : [])));
  }

  async #append(line: Line): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = path.join(this.#folder, CURRENT);
    await appendFile(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    if ((await stat(file).catch(ifThere({ size: 0 }))).size > LARGEST_FILE) await this.#turnOver(file);
  }

  /** The full file gets a name of its own, so that of two processes that do this at once neither overwrites a file. */
  async #turnOver(file: string): Promise<void> {
    const name = `activity.${Date.now()}-${process.pid}.jsonl`;
    await rename(file, path.join(this.#folder, name)).catch(ifThere(undefined));
    let [common, long] = [0, 0];
    for (const old of await this.#full()) {
      const full = path.join(this.#folder, old);
      const lines = (await readFile(full, 'utf8').catch(ifThere('')))
        .split('\n')
        .filter((line) => line !== '');
      const short = lines.filter(({ length }) => length <= LONG);
      common += sizeOf(short);
      long += sizeOf(lines) - sizeOf(short);
      if (common > KEPT || (long > KEPT_OF_LONG && short.length === 0)) await rm(full, { force: true });
      else if (long > KEPT_OF_LONG && short.length < lines.length) await rewrite(full, short);
    }
  }

  /** Names of the full files, the newest first. */
  async #full(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(ifThere<string[]>([]));
    return names
      .filter((name) => /^activity\.\d+-\d+\.jsonl$/.test(name))
      .sort()
      .reverse();
  }
}

const sizeOf = (lines: readonly string[]): number => lines.reduce((sum, { length }) => sum + length + 1, 0);

/** Whoever reads it meanwhile has all of it, as it was or as it is now. */
const rewrite = async (file: string, lines: readonly string[]): Promise<void> => {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, `${lines.join('\n')}\n`, { mode: 0o600 });
  await rename(temporary, file);
};

const writtenStep = (step: UndoStep, hashes: AgentAct['hashes']): WrittenStep =>
  'hashes' in step && isSame(step.hashes, hashes) ? { ...step, hashes: undefined } : step;

const readStep = (step: WrittenStep, hashes: AgentAct['hashes']): UndoStep =>
  HASHED.includes(step.do) ? ({ hashes, ...step } as UndoStep) : (step as UndoStep);

const HASHED: readonly string[] = ['delete', 'restore', 'purge'];

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((hash, i) => hash === others[i]);

/** Answers `otherwise` for a file that is not there. */
const ifThere =
  <T>(otherwise: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code !== 'ENOENT') throw error;
    return otherwise;
  };

/** A line may be cut where a process was killed, or be a newer version's. */
const parsed = (line: string): Line | undefined => {
  try {
    const value = JSON.parse(line) as Partial<AgentAct> & { readonly undone?: unknown };
    const isAct =
      typeof value.id === 'string' &&
      typeof value.at === 'number' &&
      typeof value.client === 'string' &&
      typeof value.kind === 'string' &&
      Array.isArray(value.hashes) &&
      Array.isArray(value.undo);
    return isAct || typeof value.undone === 'string' ? (value as Line) : undefined;
  } catch {
    return undefined;
  }
};
