/**
 * Takes the place of `@vscode/spdlog` in the VS Code of the tests: the same functions without a compiled addon, so
 * that no compiler is needed and log channels are real files all the same. Files don't rotate.
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'] as const;
const allLevels = 0;

export class Logger {
  readonly #file: string;
  #level = allLevels;
  #decorated = true;

  constructor(_kind: string, _name: string, file: string) {
    mkdirSync(path.dirname(file), { recursive: true });
    this.#file = file;
  }

  trace = (message: string): void => this.#write(0, message);
  debug = (message: string): void => this.#write(1, message);
  info = (message: string): void => this.#write(2, message);
  warn = (message: string): void => this.#write(3, message);
  error = (message: string): void => this.#write(4, message);
  critical = (message: string): void => this.#write(5, message);
  getLevel = (): number => this.#level;
  setLevel = (level: number): void => void (this.#level = level);
  clearFormatters = (): void => void (this.#decorated = false);
  setPattern = (): void => undefined;
  flush = (): void => undefined;
  drop = (): void => undefined;

  #write(level: number, message: string): void {
    if (level < this.#level) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    appendFileSync(
      this.#file,
      this.#decorated ? `${time} [${levels[level] ?? 'info'}] ${message}\n` : message,
    );
  }
}

export const version = 0;
export const setLevel = (): void => undefined;
export const setFlushOn = (): void => undefined;
export const createRotatingLogger = (name: string, file: string): Promise<Logger> =>
  Promise.resolve(new Logger('rotating', name, file));
export const createAsyncRotatingLogger = (name: string, file: string): Promise<Logger> =>
  Promise.resolve(new Logger('rotating_async', name, file));
