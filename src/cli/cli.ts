import type { CliVariables } from './variables.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly database?: string;
  readonly local?: boolean;
  readonly envFile?: string;
  readonly paidPlan?: boolean;
  readonly debug?: boolean;
}

/** What the commands work with. */
export interface Cli {
  /** Known once the arguments were parsed. */
  options(): GlobalOptions;
  /** The environment, and a file of variables below it. Read once. */
  variables(): CliVariables;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The folder with the offline embedder's weights. */
  readonly weightsDirectory: string;
}
