import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type CliHome, mainScript } from '../unit/cli/runCli.ts';

export const TOKEN = 'a token of the test, long enough';

export interface McpHttpServer {
  readonly url: URL;
  stop(): void;
}

/** `edge-memory mcp --http` on a free port. */
export const startMcpHttp = async (
  { env, folder }: CliHome,
  args: readonly string[] = [],
): Promise<McpHttpServer> => {
  const child = spawn(process.execPath, [mainScript, 'mcp', '--http', '0', ...args], {
    env: { ...env, EDGE_MEMORY_MCP_TOKEN: TOKEN },
    cwd: folder,
  });
  const stop = () => void child.kill('SIGKILL');
  for await (const line of createInterface(child.stderr)) {
    const address = /http:\S+/.exec(line)?.[0];
    if (address !== undefined) return { url: new URL(address), stop };
  }
  throw new Error('the server ended');
};

/** The same server for tools that cannot send a token: a proxy that adds it. */
export const withoutToken = async (server: McpHttpServer): Promise<McpHttpServer> => {
  const proxy = createServer((incoming, outgoing) => {
    const { port, hostname } = server.url;
    const headers = { ...incoming.headers, authorization: `Bearer ${TOKEN}` };
    const forwarded = request(
      { host: hostname, port, path: incoming.url, method: incoming.method, headers },
      (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      },
    );
    forwarded.once('error', () => outgoing.end());
    incoming.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/mcp`),
    stop: () => {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
};
