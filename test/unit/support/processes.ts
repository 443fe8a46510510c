import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { MemoryError, type MemoryErrorCode } from '../../../src/memory/errors.ts';

export interface ProgramOptions {
  /** The user to run it as; only root may choose another one. */
  readonly uid?: number | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Functions that another process runs. */
export type Remote<Functions> = {
  readonly [Name in keyof Functions]: Functions[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

interface Question {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: SentError | undefined;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface SentError {
  readonly message: string;
  readonly code?: MemoryErrorCode | undefined;
  readonly nextStep?: string | undefined;
}

/** A TypeScript file in a process of its own. `Functions` are those that it answers (see `answer`). */
export class Program<Functions extends object = object> {
  readonly ask: Remote<Functions>;
  /** What it has written, line by line. */
  readonly lines: string[] = [];
  /** Its exit code, or the signal that killed it, once all that it wrote is in `lines`. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #process: ChildProcess;
  readonly #output: Interface;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(script: URL, args: readonly string[], { uid, env }: ProgramOptions = {}) {
    const child = fork(script, args, {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
      // Other flags of this process are mocha's.
      execArgv: [],
      ...(uid !== undefined && { uid, gid: uid }),
    });
    if (child.stdout === null) throw new Error('the program has no output');
    this.#process = child;
    this.#output = createInterface(child.stdout).on('line', (line) => this.lines.push(line));
    this.ended = Promise.all([once(child, 'exit'), once(this.#output, 'close')]).then(
      ([[code, signal]]) => (code ?? signal) as number | NodeJS.Signals,
    );
    child.on('message', ({ id, value, error }: Answer) => {
      if (error === undefined) this.#waiting.get(id)?.resolve(value);
      else this.#waiting.get(id)?.reject(received(error));
      this.#waiting.delete(id);
    });
    void this.ended.then((end) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the program ended with ${end}`));
    });
    this.ask = new Proxy({} as Remote<Functions>, {
      get:
        (_, name) =>
        (...args: unknown[]) =>
          this.#ask(String(name), args),
    });
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  #ask(name: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#process.send({ id, name, args } satisfies Question);
    });
  }

  /** Waits until it has written that many lines. */
  async linesWritten(count: number): Promise<void> {
    while (this.lines.length < count)
      await Promise.race([
        once(this.#output, 'line'),
        this.ended.then((end) => Promise.reject(new Error(`the program ended with ${end}`))),
      ]);
  }

  /** As `kill -9`: nothing of the program runs any more, not even what it does at its end. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended;
  }
}

/** Starts programs that end with the test, whatever becomes of it. */
export const programs = (): (<Functions extends object = object>(
  ...start: ConstructorParameters<typeof Program>
) => Program<Functions>) => {
  const started = new Set<Program>();
  afterEach(async () => {
    await Promise.all([...started].map((program) => program.kill()));
    started.clear();
  });
  return <Functions extends object>(...start: ConstructorParameters<typeof Program>) => {
    const program = new Program<Functions>(...start);
    started.add(program);
    return program;
  };
};

const received = ({ code, message, nextStep = '' }: SentError): Error =>
  code === undefined ? new Error(message) : new MemoryError(code, message, nextStep);

/** The program's side: what the functions reject with arrives as a `MemoryError` where it was one. */
export const answer = (functionNamed: (name: string) => (...args: never[]) => unknown): void => {
  const reply = (answered: Answer) => process.send?.(answered);
  process.on('message', ({ id, name, args }: Question) => {
    new Promise((resolve) => resolve(functionNamed(name)(...(args as never[])))).then(
      (value) => reply({ id, value }),
      (error: unknown) => reply({ id, error: toSend(error) }),
    );
  });
};

const toSend = (error: unknown): SentError =>
  MemoryError.is(error)
    ? { message: error.message, code: error.code, nextStep: error.nextStep }
    : { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
