import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { boundedAnswer } from './answers/boundedAnswer.ts';
import { aboutCode, withCodeStates } from './answers/codeStates.ts';
import { dataJson } from './answers/dataJson.ts';
import type { CallOf, ToolCall } from './tool.ts';
import { memoryList } from './tools/memoryList.ts';
import { memorySearch } from './tools/memorySearch.ts';
import { statsJson } from './tools/memoryStats.ts';

const LONGEST = 200;
const COMPLETIONS = 50;
const JSON_LINES = 'application/jsonl';

/** mcp-memory-service's resources, and each memory by its hash. */
export const registerResources = (server: McpServer, callOf: CallOf): void => {
  server.registerResource(
    'stats',
    'memory://stats',
    { title: 'Memory statistics', mimeType: 'application/json' },
    async (uri, ctx) => {
      const { store, options } = await callOf(ctx);
      return answered(uri, 'application/json', await statsJson(store, options));
    },
  );
  server.registerResource(
    'tags',
    'memory://tags',
    { title: 'Tags, most used first', mimeType: 'application/json' },
    async (uri, ctx) => {
      const { store, options } = await callOf(ctx);
      const { items, next } = await store.facets('tags', { limit: 500 }, options);
      return answered(uri, 'application/json', dataJson({ tags: items, more: next !== undefined }));
    },
  );
  const template = (
    name: string,
    variable: string,
    title: string,
    read: (value: string, call: ToolCall) => Promise<string>,
    complete?: (begun: string) => string[],
  ) =>
    server.registerResource(
      name,
      new ResourceTemplate(`memory://${name}/{${variable}}`, {
        list: undefined,
        ...(complete && { complete: { [variable]: complete } }),
      }),
      { title, mimeType: JSON_LINES },
      async (uri, variables, ctx) => {
        const value = decoded([variables[variable]].flat()[0] ?? '');
        return answered(uri, JSON_LINES, await read(value, await callOf(ctx)));
      },
    );
  template(
    'recent',
    'n',
    'The n newest memories',
    async (n, { store, context, options }) => {
      const limit = Math.min(LONGEST, Math.max(1, Math.trunc(Number(n)) || 10));
      const { items } = await store.list({ limit }, options);
      const found = await withCodeStates(
        items.map((memory) => ({ memory })),
        context,
      );
      return boundedAnswer({ found: items.length, ...aboutCode(found) }, found, 100_000, 'memory_list');
    },
    (begun) => ['10', '20', '50'].filter((n) => n.startsWith(begun)).slice(0, COMPLETIONS),
  );
  template('tag', 'tag', 'Memories with a tag', (tag, call) =>
    run(memorySearch, { tags: [tag], limit: 100 }, call),
  );
  template('search', 'query', 'Memories found by words and meaning', (query, call) =>
    run(memorySearch, { query }, call),
  );
  template('memory', 'hash', 'One whole memory', (hash, call) =>
    run(memoryList, { content_hash: hash, max_response_chars: 200_000 }, call),
  );
};

/** What is not encoded is taken as it stands: `memory://search/100%`. */
const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

const run = async (tool: typeof memorySearch, input: object, call: ToolCall): Promise<string> => {
  const { text, isError } = await tool.run(input, () => Promise.resolve(call));
  if (isError) throw new Error(text);
  return text;
};

const answered = (uri: URL, mimeType: string, text: string) => ({
  contents: [{ uri: uri.href, mimeType, text }],
});
