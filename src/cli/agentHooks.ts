import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

/** What hosts hand to a hook on standard input; the same names in Claude Code and in VS Code. */
const input = z.object({
  cwd: z.string().optional().catch(undefined),
  session_id: z.string().optional().catch(undefined),
  transcript_path: z.string().optional().catch(undefined),
  /** The agent goes on already because a hook asked it to. */
  stop_hook_active: z.boolean().optional().catch(undefined),
});

export type HookInput = z.output<typeof input>;

const PATIENCE_MS = 2000;

/** Empty where nothing, or nothing that makes sense, is handed over: a hook must never stand in an agent's way. */
export const readHookInput = async (): Promise<HookInput> => {
  if (process.stdin.isTTY) return {};
  const timeout = setTimeout(() => process.stdin.destroy(), PATIENCE_MS);
  try {
    return input.parse(JSON.parse(await text(process.stdin)));
  } catch {
    return {};
  } finally {
    clearTimeout(timeout);
  }
};

/** A shorter session than this brought nothing that would not be known anyway. Bytes of its transcript. */
const SUBSTANTIAL = 30_000;
/** A longer one is not read; nobody waits for that. */
const LONGEST = 64_000_000;
/** The tool's name as a whole JSON string, or the end of one; instructions name it too, but inside of sentences. */
const STORED = /memory_store\\?"/;
const REMEMBERED = 200;

/** The question at a session's end. */
export const WHAT_TO_KEEP =
  'Before you end: did this session bring anything that will matter in a later one, such as a decision and its reason, a convention, the cause and fix of an error, or a preference of the person? If so, store each with memory_store of Edge Memory, one fact a memory, in sentences that stand alone. If not, end without mentioning this.';

/** Whether to ask what to keep: once a session, where enough happened, and nothing was stored yet. */
export const asksWhatToKeep = async (given: HookInput, dataFolder: string): Promise<boolean> => {
  const { session_id, transcript_path, stop_hook_active } = given;
  if (stop_hook_active || session_id === undefined || transcript_path === undefined) return false;
  try {
    const { size } = await stat(transcript_path);
    if (size < SUBSTANTIAL || size > LONGEST) return false;
    if (STORED.test(await readFile(transcript_path, 'utf8'))) return false;
  } catch {
    return false;
  }
  return firstTime(session_id, path.join(dataFolder, 'asked-sessions.json'));
};

const firstTime = async (session: string, file: string): Promise<boolean> => {
  const id = createHash('sha256').update(session).digest('hex').slice(0, 16);
  const asked = await askedSessions(file);
  if (asked.includes(id)) return false;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify([id, ...asked].slice(0, REMEMBERED)), { mode: 0o600 });
  return true;
};

const askedSessions = async (file: string): Promise<string[]> => {
  try {
    return z.array(z.string()).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return [];
  }
};
