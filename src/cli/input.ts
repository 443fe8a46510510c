import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { addAbortSignal, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { getSystemErrorMap } from 'node:util';
import { MemoryError } from '../memory/errors.ts';
import { note } from './output.ts';

const standardInput = (signal: AbortSignal): Readable => {
  if (process.stdin.isTTY) note('Type the text; Ctrl-D on a new line ends it.');
  return addAbortSignal(signal, process.stdin);
};

/** Throws a TypeError where the bytes are not UTF-8. */
export const decodeUtf8 = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(bytes);

/** All of standard input, less the line break at its end that `echo` and editors add. */
export const readStandardInput = async (signal: AbortSignal): Promise<string> => {
  const bytes = await buffer(standardInput(signal));
  try {
    return decodeUtf8(bytes).replace(/\r?\n$/, '');
  } catch (error) {
    throw new MemoryError(
      'invalid-input',
      'Standard input is not text in UTF-8.',
      'Convert it first, for example with iconv.',
      { cause: error },
    );
  }
};

/** One line of a person's, not shown while they type or paste it. */
const readHidden = async (question: string, signal: AbortSignal): Promise<string> => {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, signal });
  // Only now does the terminal show nothing.
  process.stderr.write(question);
  // Ctrl-C arrives as a key meanwhile.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    for await (const line of lines) return line;
    signal.throwIfAborted();
    return '';
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
};

/** The API token from standard input: no argument, which other users of the machine could see. */
export const readToken = async (signal: AbortSignal): Promise<string> => {
  const token = process.stdin.isTTY
    ? await readHidden('Cloudflare API token (not shown): ', signal)
    : await readStandardInput(signal);
  if (token.trim() !== '') return token.trim();
  throw new MemoryError(
    'misconfigured',
    'No API token was given.',
    'Set CLOUDFLARE_API_TOKEN, or hand the token over on standard input: edge-memory connect < token.txt',
  );
};

const reasonOf = (error: Error & { errno: unknown }): string =>
  getSystemErrorMap().get(Number(error.errno))?.[1] ?? error.message;

const LINE_FEED = 0x0a;

/**
 * The lines of a file, or of standard input for `-`, as bytes without their line feed. Split by hand: readline also
 * splits at U+2028, which JSON allows inside a string, and decodes what is not UTF-8 without a word.
 */
export async function* linesOf(file: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const stream = file === '-' ? standardInput(signal) : createReadStream(file, { signal });
  let begun: Buffer[] = [];
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end; (end = chunk.indexOf(LINE_FEED, start)) >= 0; start = end + 1) {
        yield Buffer.concat([...begun, chunk.subarray(start, end)]);
        begun = [];
      }
      begun.push(chunk.subarray(start));
    }
  } catch (error) {
    if (!(error instanceof Error) || !('errno' in error)) throw error;
    throw new MemoryError(
      'invalid-input',
      `${file} cannot be read: ${reasonOf(error)}.`,
      'Check the path and its permissions.',
      { cause: error },
    );
  }
  yield Buffer.concat(begun);
}

/** How many lines of a file say something; undefined for what can be read only once. */
export const linesIn = async (file: string, signal: AbortSignal): Promise<number | undefined> => {
  if (file === '-' || !(await stat(file).catch(() => undefined))?.isFile()) return undefined;
  let count = 0;
  for await (const line of linesOf(file, signal)) if (line.length > 0) count++;
  return count;
};
