import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import type { Variables } from '../cloudflare/environment.ts';
import { MemoryError } from '../memory/errors.ts';

export interface CliVariables {
  /** The environment, and below it what a file says. */
  readonly values: Variables;
  /** The `.env` of the working directory, where it gave something. */
  readonly dotEnv: { readonly file: string; readonly names: ReadonlySet<string> } | undefined;
}

/** A `.env` is often another program's: nothing else is taken from it. */
const KNOWN = /^(MCP_MEMORY_STORAGE_BACKEND|LOG_LEVEL|CLOUDFLARE_\w+)$/;

const parse = (text: string): Map<string, string> =>
  new Map(
    Object.entries(parseEnv(text)).flatMap(([name, value]) =>
      KNOWN.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );

const named = (file: string): Map<string, string> => {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new MemoryError(
      'invalid-input',
      `${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`,
      'Check the path of --env-file.',
      { cause: error },
    );
  }
};

const found = (file: string, environment: Variables): Map<string, string> => {
  try {
    const variables = parse(readFileSync(file, 'utf8'));
    for (const name of variables.keys()) if (environment[name] !== undefined) variables.delete(name);
    // Whoever wrote the folder's .env must not lead the person's own token, or their memories, elsewhere.
    const isWholeSetup = variables.has('CLOUDFLARE_API_TOKEN') && variables.has('MCP_MEMORY_STORAGE_BACKEND');
    if (!isWholeSetup) variables.delete('CLOUDFLARE_API_BASE_URL');
    return variables;
  } catch {
    // Absent as a rule; a folder of that name, or another person's file, is not meant for us either.
    return new Map();
  }
};

/**
 * The variables of mcp-memory-service's guides: from the environment, else from the file that `--env-file` names, else
 * from `.env` in the working directory. Throws a `MemoryError` where a named file can't be read.
 */
export const readVariables = (
  environment: Variables,
  { envFile, folder }: { readonly envFile?: string | undefined; readonly folder: string },
): CliVariables => {
  if (envFile !== undefined)
    return {
      values: { ...Object.fromEntries(named(path.resolve(folder, envFile))), ...environment },
      dotEnv: undefined,
    };
  const file = path.join(folder, '.env');
  const variables = found(file, environment);
  return {
    values: { ...Object.fromEntries(variables), ...environment },
    dotEnv: variables.size === 0 ? undefined : { file, names: new Set(variables.keys()) },
  };
};
