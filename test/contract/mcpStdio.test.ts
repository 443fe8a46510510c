import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ElicitResult } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { AgentLog } from '../../src/local/agentLog.ts';
import { type CliHome, mainScript, makeCliHome, requireWeights } from '../unit/cli/runCli.ts';
import { type Answer, answerOf } from '../unit/mcp/mcpClient.ts';
import { malformed } from './mcpAttacks.ts';

const environment = ({ env }: CliHome): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

describe('edge-memory mcp', () => {
  let home: CliHome;
  const clients: Client[] = [];
  const children: ChildProcess[] = [];

  before(requireWeights);
  beforeEach(async () => {
    home = await makeCliHome();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await home.remove();
  });

  /** `person` answers questions that the server has for them; without it the client puts none. */
  const connect = async (
    mode: 'auto' | 'legacy' = 'legacy',
    args: readonly string[] = [],
    person?: (question: string) => ElicitResult,
  ) => {
    const client = new Client(
      { name: 'Test Agent', version: '7.1' },
      { versionNegotiation: { mode }, ...(person && { capabilities: { elicitation: {} } }) },
    );
    if (person) client.setRequestHandler('elicitation/create', ({ params }) => person(params.message));
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [mainScript, 'mcp', ...args],
        env: environment(home),
        cwd: home.folder,
      }),
    );
    clients.push(client);
    const call = async (name: string, given: Record<string, unknown> = {}): Promise<Answer> =>
      answerOf(await client.callTool({ name, arguments: given }));
    return { client, call };
  };

  /** The server without a client: what is written to it goes in as it is. */
  const start = () => {
    const child = spawn(process.execPath, [mainScript, 'mcp'], { env: home.env, cwd: home.folder });
    children.push(child);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const read = async (): Promise<Record<string, unknown>> => {
      const { value } = await lines.next();
      return JSON.parse(String(value)) as Record<string, unknown>;
    };
    return { child, read, write: (line: string) => void child.stdin.write(`${line}\n`) };
  };
  const initialize = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  });

  const modes = [
    ['legacy', '2025-11-25'],
    ['auto', '2026-07-28'],
  ] as const;

  for (const [mode, protocol] of modes)
    it(`serves the official client over stdio in protocol ${protocol}, and says who stored what`, async () => {
      const { client, call } = await connect(mode);
      assert.equal(client.getNegotiatedProtocolVersion(), protocol);
      const { head } = await call('memory_store', { content: 'Deploy with make ship' });
      assert.equal(head['outcome'], 'stored');
      const { memories } = await call('memory_search', { query: 'deploy' });
      assert.equal(memories[0]?.['content'], 'Deploy with make ship');
      assert.equal(memories[0]['by'], 'Test Agent 7.1');
      const [act] = await new AgentLog(path.dirname(home.database)).recent(1);
      assert.equal(act?.client, 'Test Agent 7.1');
    });

  it('shares one store with other processes, live', async () => {
    const [one, other] = [await connect(), await connect()];
    await one.call('memory_store', { content: 'The staging host is called heron' });
    const seen = await other.call('memory_search', { query: 'staging host' });
    assert.equal(seen.memories[0]?.['content'], 'The staging host is called heron');
    await other.call('memory_delete', { content_hash: seen.memories[0]['hash'] });
    assert.deepEqual((await one.call('memory_list')).memories, []);
  });

  it('embeds in the background, so that memories are soon found by meaning', async () => {
    const { call } = await connect();
    await call('memory_store', { content: 'We chose Postgres because we need partial indexes' });
    while ((await call('memory_stats')).head['waiting_for_embedding'] !== 0) await sleep(50);
    const { memories } = await call('memory_search', {
      query: 'which database was picked',
      mode: 'semantic',
    });
    assert.equal(memories[0]?.['why'], 'meaning');
  });

  it('takes 200 calls at once', async () => {
    const { call } = await connect();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        i % 2 === 0
          ? call('memory_store', { content: `parallel ${i}`, force: true })
          : call('memory_search', { query: `parallel ${i}` }),
      ),
    );
    assert.deepEqual(
      answers.filter(({ isError }) => isError),
      [],
    );
    assert.equal((await call('memory_stats')).head['memories'], 100);
  });

  it('answers initialize and lists its tools where the store cannot be opened, and says at a call why', async () => {
    const { client, call } = await connect('legacy', ['--database', path.join(mainScript, 'memory.db')]);
    const { tools } = await client.listTools();
    assert.ok(tools.some(({ name }) => name === 'memory_search'));
    const { isError, head } = await call('memory_health');
    assert.ok(isError);
    assert.ok(head['message'] && head['next_step'], JSON.stringify(head));
  });

  it('survives malformed messages, and writes nothing but the protocol to standard output', async () => {
    const { child, read, write } = start();
    malformed.forEach(write);
    write(initialize);
    let answer: Record<string, unknown> = {};
    while (answer['id'] !== 1) {
      answer = await read();
      assert.equal(answer['jsonrpc'], '2.0');
    }
    assert.ok('result' in answer);
    assert.equal(child.exitCode, null);
  });

  it('takes a message of 10 MB', async () => {
    const { call } = await connect();
    const { head, isError } = await call('memory_store', { content: 'long '.repeat(2_100_000), force: true });
    assert.ok(!isError, JSON.stringify(head));
  });

  it('ends when its client goes, and when it is asked to', async () => {
    for (const end of [
      (child: ChildProcess) => child.stdin?.end(),
      (child: ChildProcess) => child.kill('SIGTERM'),
    ]) {
      const { child, read, write } = start();
      write(initialize);
      await read();
      end(child);
      const [code] = (await once(child, 'exit')) as [number | null];
      assert.equal(code, 0);
    }
  });

  describe('--confirm-stores', () => {
    const yes: ElicitResult = { action: 'accept', content: { store: true } };
    const key = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');

    for (const [mode, protocol] of modes)
      it(`asks through the client in protocol ${protocol}, and stores only after a yes`, async () => {
        const asked: string[] = [];
        let answer = yes;
        const { call } = await connect(mode, ['--confirm-stores'], (question) => {
          asked.push(question);
          return answer;
        });
        assert.equal(
          (await call('memory_store', { content: 'Deploy with make ship' })).head['outcome'],
          'stored',
        );
        assert.match(asked.join(), /Test Agent 7\.1 wants to store a memory:\n\n> Deploy with make ship/);
        const refusals: readonly ElicitResult[] = [
          { action: 'decline' },
          { action: 'cancel' },
          { action: 'accept', content: { store: false } },
        ];
        for (answer of refusals) {
          const { isError, head } = await call('memory_store', { content: 'Never on Fridays' });
          assert.ok(isError);
          assert.match(String(head['message']), /the person said no/);
        }
        assert.equal((await call('memory_list')).memories.length, 1);
      });

    for (const [mode, protocol] of modes)
      it(`asks about credentials, then about the text, in protocol ${protocol}`, async () => {
        const asked: string[] = [];
        const { call } = await connect(mode, ['--confirm-stores'], (question) => {
          asked.push(question);
          return yes;
        });
        const { head } = await call('memory_store', {
          content: `the token of the build is ${key}`,
          force: true,
        });
        assert.equal(head['outcome'], 'stored');
        assert.deepEqual(
          asked.map((question) => question.includes('credentials')),
          [true, false],
        );
        assert.ok(!asked[0]?.includes(key), asked[0]);
      });

    it('asks once for all files of a folder', async () => {
      for (const name of ['a.md', 'b.md']) await writeFile(path.join(home.folder, name), `text of ${name}`);
      let asked = 0;
      const args = ['--confirm-stores', '--workspace', home.folder];
      const { call } = await connect('auto', args, () => {
        asked++;
        return yes;
      });
      const { head } = await call('memory_ingest', { directory_path: '.', recursive: false });
      assert.deepEqual([head['files'], head['stored'], asked], [2, 2, 1]);
    });

    it('stores nothing where the client can not ask', async () => {
      const { call } = await connect('auto', ['--confirm-stores']);
      const { isError, head } = await call('memory_store', { content: 'unseen' });
      assert.ok(isError);
      assert.match(String(head['message']), /nobody can be asked/);
    });
  });
});
