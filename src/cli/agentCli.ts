import type { Cli } from './cli.ts';
import { readVariables } from './variables.ts';

/**
 * For commands that agents' programs run by themselves, in whatever folder is open: its `.env` may be a stranger's, and
 * must not lead anybody's memories elsewhere. A file that `--env-file` names is read.
 */
export const agentCli = (cli: Cli): Cli => ({
  ...cli,
  variables: () => {
    const { envFile } = cli.options();
    return envFile === undefined
      ? { values: process.env, dotEnv: undefined }
      : readVariables(process.env, { envFile, folder: process.cwd() });
  },
});
