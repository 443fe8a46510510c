import { parse } from 'jsonc-parser';
import { parseEnv } from 'node:util';
import type { Variables } from './environment.ts';

/** The variables of one server in a file. */
export interface FoundVariables {
  /** As the client calls the server; undefined for a `.env`. */
  readonly server: string | undefined;
  readonly variables: Variables;
}

/** One of these shows that a server is meant for Cloudflare. */
const TELLING = ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_ACCOUNT_ID', 'CLOUDFLARE_D1_DATABASE_ID'];
/** As in `${input:token}`, `${env:TOKEN}`: only the client itself knows what stands behind it. */
const REFERENCE = /^\$\{.*\}$/;
/** Servers lie a few levels deep: under `mcpServers`, `servers`, or those within `mcp` or a project. */
const MAX_DEPTH = 5;

/**
 * What a file says of Cloudflare: a `.env`, or the configuration of an MCP client (Claude Desktop, `.mcp.json`, VS Code,
 * Cursor), which may have comments. Empty where it says nothing.
 */
export const variablesIn = (text: string): FoundVariables[] => {
  if (!/^\s*(?:\{|\/[/*])/.test(text)) return telling([{ server: undefined, variables: parseEnv(text) }]);
  return telling(serversIn(parse(text, [], { allowTrailingComma: true }), 0));
};

const telling = (found: readonly FoundVariables[]): FoundVariables[] =>
  found.filter(({ variables }) => TELLING.some((name) => variables[name] !== undefined));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const serversIn = (value: unknown, depth: number): FoundVariables[] => {
  if (!isObject(value) || depth > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (!isObject(inner)) return [];
    const { env } = inner;
    const own = isObject(env) ? [{ server: name, variables: known(env) }] : [];
    return [...own, ...serversIn(inner, depth + 1)];
  });
};

const known = (env: Readonly<Record<string, unknown>>): Variables =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      typeof value === 'string' && !REFERENCE.test(value.trim()) ? [[name, value]] : [],
    ),
  );
