import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type CliHome, mainScript, makeCliHome, requireWeights } from '../unit/cli/runCli.ts';
import { answerOf } from '../unit/mcp/mcpClient.ts';
import { type McpHttpServer, startMcpHttp, TOKEN, withoutToken } from './mcpHttpServer.ts';

const modules = path.join(import.meta.dirname, '../../node_modules/@modelcontextprotocol');
const CONFORMANCE = path.join(modules, 'conformance/dist/index.js');
const INSPECTOR = path.join(modules, 'inspector/clients/launcher/build/index.js');

/**
 * The conformance tool's scenarios for servers that need nothing but a server. Its others call tools, resources and
 * prompts of a sample server by their names (`test_simple_text`, `test://static-text`, …), or check what this one does
 * not offer: logging, subscriptions, sampling, elicitation, and server-sent events without a call.
 */
const SCENARIOS = [
  'server-initialize',
  'ping',
  'tools-list',
  'resources-list',
  'prompts-list',
  'dns-rebinding-protection',
];

describe('the official tools of the Model Context Protocol', function () {
  this.timeout(180_000);
  let home: CliHome;
  let workspace: string;
  let server: McpHttpServer;
  let open: McpHttpServer;

  before(async () => {
    await requireWeights();
    home = await makeCliHome();
    workspace = path.join(home.folder, 'shop');
    await mkdir(workspace);
    await writeFile(path.join(workspace, 'notes.md'), '# Deploying\n\nRun make ship.\n');
    server = await startMcpHttp(home, ['--workspace', workspace]);
    open = await withoutToken(server);
  });
  after(async () => {
    open.stop();
    server.stop();
    await home.remove();
  });

  const node = async (args: readonly string[]) => {
    const env = { ...home.env, MCP_CATALOG_PATH: path.join(home.folder, 'catalog.json') };
    const child = spawn(process.execPath, args, { env, cwd: home.folder });
    child.stdin.end();
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
  };

  describe('the conformance tool', () => {
    for (const scenario of SCENARIOS)
      it(`passes the scenario ${scenario}`, async () => {
        const results = path.join(home.folder, 'conformance');
        const { code, stdout, stderr } = await node([
          ...[CONFORMANCE, 'server', '--url', open.url.href],
          ...['--scenario', scenario, '-o', results],
        ]);
        assert.equal(code, 0, stdout + stderr);
      });
  });

  for (const transport of ['http', 'stdio'] as const)
    describe(`the inspector, over ${transport}`, () => {
      const target = () =>
        transport === 'http'
          ? [server.url.href, '--transport', 'http', '--header', `Authorization: Bearer ${TOKEN}`]
          : [
              ...['-e', `HOME=${home.folder}`, '-e', `EDGE_MEMORY_DATABASE=${home.database}`],
              ...[process.execPath, mainScript, 'mcp', '--workspace', workspace],
            ];
      const inspect = (...args: string[]) => node([INSPECTOR, '--cli', ...target(), ...args]);

      for (const era of ['legacy', 'modern'])
        it(`finds nothing to say against any tool’s schema (strict, ${era} protocol)`, async () => {
          const { code, stdout, stderr } = await inspect(
            ...['--method', 'tools/list', '--strict', '--protocol-era', era],
          );
          assert.equal(code, 0, stderr);
          assert.doesNotMatch(stderr, /Warning|Error/);
          assert.equal((JSON.parse(stdout) as { tools: unknown[] }).tools.length, 9);
        });

      it('calls every tool', async () => {
        const call = async (tool: string, ...args: string[]) => {
          const { code, stdout, stderr } = await inspect(
            ...['--method', 'tools/call', '--tool-name', tool],
            ...args.flatMap((arg) => ['--tool-arg', arg]),
          );
          assert.equal(code, 0, `${tool}: ${stdout}${stderr}`);
          const answer = answerOf(JSON.parse(stdout) as Parameters<typeof answerOf>[0]);
          assert.ok(!answer.isError, answer.text);
          return answer;
        };
        const content = `Deploy with make ship, over ${transport}`;
        const { head } = await call('memory_store', `content=${content}`, 'force=true');
        const hash = `content_hash=${String(head['hash'])}`;
        await Promise.all([
          call('memory_update', hash, 'updates={"add_tags":["deploy"]}'),
          call('memory_graph', 'action=connected', `hash=${String(head['hash'])}`),
        ]);
        const [{ memories }] = await Promise.all([
          call('memory_search', `query=${content}`, 'mode=exact', 'limit=3'),
          call('memory_list', 'page_size=5'),
          call('memory_stats'),
        ]);
        assert.equal(memories[0]?.['content'], content);
        await Promise.all([
          call('memory_health'),
          call('memory_ingest', 'file_path=notes.md'),
          call('memory_delete', hash),
        ]);
      });
    });

  describe('a client of the SDK before (1.x)', () => {
    const clients: Client[] = [];
    afterEach(async () => {
      for (const client of clients.splice(0)) await client.close();
    });

    const transports = {
      http: () =>
        new StreamableHTTPClientTransport(server.url, {
          requestInit: { headers: { Authorization: `Bearer ${TOKEN}` } },
        }),
      stdio: () =>
        new StdioClientTransport({
          command: process.execPath,
          args: [mainScript, 'mcp', '--workspace', workspace],
          env: { HOME: home.folder, EDGE_MEMORY_DATABASE: home.database },
        }),
    } as const;

    for (const transport of ['http', 'stdio'] as const)
      it(`stores and finds over ${transport}, reads resources and prompts`, async () => {
        const client = new Client({ name: 'Older Client', version: '1.0' });
        clients.push(client);
        // The older SDK's own types differ under exactOptionalPropertyTypes.
        await client.connect(transports[transport]());
        const call = async (name: string, args: Record<string, unknown>) =>
          answerOf((await client.callTool({ name, arguments: args })) as Parameters<typeof answerOf>[0]);
        const content = `An older client was here, over ${transport}`;
        await call('memory_store', { content, force: true });
        const { memories } = await call('memory_search', { query: content, mode: 'exact' });
        assert.equal(memories[0]?.['content'], content);
        assert.equal(memories[0]['by'], 'Older Client 1.0');
        assert.match(client.getInstructions() ?? '', /memory_search/);
        const { contents } = await client.readResource({ uri: 'memory://recent/1' });
        assert.match(JSON.stringify(contents), /older client/);
        assert.ok((await client.listPrompts()).prompts.length >= 6);
      });
  });
});
