import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AgentAct, UndoLog } from '../memory/agentActs.ts';

export interface LoggedAct extends AgentAct {
  /** A person took it back. */
  readonly undone: boolean;
}

type Line = AgentAct | { readonly undone: string };

const LARGEST_FILE = 512 * 1024;
/** Full files that are kept beside the one that is written. */
const KEPT = 3;
const CURRENT = 'activity.jsonl';

/** The folder that holds the log in a data folder. */
export const agentLogIn = (dataFolder: string): string => path.join(dataFolder, 'agents');

/**
 * What agents did, in the order in which it happened, for every process of this person on this machine: lines of
 * JSON in files that only their owner reads, of about 2 MB at most. Each line is appended by one write.
 */
export class AgentLog implements UndoLog {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = agentLogIn(dataFolder);
  }

  add(act: AgentAct): Promise<void> {
    return this.#append(act);
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
        if ('id' in entry) acts.push({ ...entry, undone: undone.has(entry.id) });
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
    for (const old of (await this.#full()).slice(KEPT))
      await rm(path.join(this.#folder, old), { force: true });
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
