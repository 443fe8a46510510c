import type { Cli } from './cli.ts';
import { inert } from './inertText.ts';
import { note } from './output.ts';

const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const;
type Level = (typeof LEVELS)[number];

/** LOG_LEVEL as in mcp-memory-service, but quiet where it is not set: what a command says goes where a person reads. */
const levelOf = (cli: Cli): Level => {
  const { debug, json } = cli.options();
  if (debug) return 'DEBUG';
  const wanted = cli.variables().values['LOG_LEVEL']?.trim().toUpperCase();
  return LEVELS.find((level) => level === wanted) ?? (json ? 'ERROR' : 'WARNING');
};

const isLogged = (cli: Cli, level: Level): boolean => LEVELS.indexOf(level) >= LEVELS.indexOf(levelOf(cli));

/** For whoever looks into it: only with --debug or LOG_LEVEL=DEBUG. */
export const debug = (cli: Cli, text: string): void => {
  if (isLogged(cli, 'DEBUG')) note(`[${performance.now().toFixed(0)} ms] ${inert(text)}`);
};

export const info = (cli: Cli, text: string): void => {
  if (isLogged(cli, 'INFO')) note(`info: ${inert(text)}`);
};

export const warn = (cli: Cli, text: string): void => {
  if (isLogged(cli, 'WARNING')) note(`warning: ${inert(text)}`);
};
