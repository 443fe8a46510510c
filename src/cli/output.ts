import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import type { Cli } from './cli.ts';
import { inertJson } from './inertText.ts';

/** Writes the result to standard output: JSON where it was asked for, else `text`. */
export const answer = (cli: Cli, json: object, text: () => string): void => {
  process.stdout.write(`${cli.options().json ? inertJson(json) : text()}\n`);
};

/** Says something beside the result. */
export const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** One line that is rewritten in place; nothing where nobody watches. An empty text clears it. */
export const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
};

export const dim = (text: string): string => styleText('dim', text);
export const bold = (text: string): string => styleText('bold', text);

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** Rows of a label and what it says, aligned. */
export const labelled = (rows: readonly (readonly [string, string | undefined])[]): string => {
  const shown = rows.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(...shown.map(([label]) => label.length));
  return shown.map(([label, value = '']) => `${dim(label.padEnd(width))}  ${value}`).join('\n');
};

/** Whether a person is there to be asked. */
export const isAttended = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Asks the person at the terminal; where there is none, the command line itself was the decision. */
export const confirmed = async (question: string, signal: AbortSignal): Promise<boolean> => {
  if (!isAttended()) return true;
  process.stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: process.stdin, terminal: false, signal });
  for await (const line of lines) return /^\s*y(es)?\s*$/i.test(line);
  signal.throwIfAborted();
  return false;
};
