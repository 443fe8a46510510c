import type { McpContext } from '../../mcp/mcpContext.ts';
import type { LazyStore } from '../lazyStore.ts';
import { LONGEST_MESSAGE } from '../../mcp/longestMessage.ts';
import type { Peer } from './peer.ts';

/** The server of this process itself, for where no window runs. */
export const ownPeer = async (store: LazyStore, context: () => Promise<McpContext>): Promise<Peer> => {
  const [{ createMcpHandler }, { createServer }] = await Promise.all([
    import('@modelcontextprotocol/server'),
    import('../../mcp/createServer.ts'),
  ]);
  const handler = createMcpHandler(async () => createServer(store.open, await context()), {
    maxRequestBodySize: LONGEST_MESSAGE,
  });
  return async (headers, body, signal) => {
    const request = new Request('http://localhost/mcp', { method: 'POST', headers, body, signal });
    const response = await handler.fetch(request);
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      body: response.body ?? new ReadableStream({ start: (controller) => controller.close() }),
    };
  };
};
