import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeLauncher } from '../../src/cli/launcher.ts';
import { type CliHome, mainScript, makeCliHome, requireWeights } from '../unit/cli/runCli.ts';

const root = path.join(import.meta.dirname, '../..');

interface HookFile {
  readonly hooks: Readonly<Record<string, readonly { hooks: readonly { command: string }[] }[]>>;
}

describe('the hooks of agent hosts', () => {
  let home: CliHome;
  let project: string;

  before(requireWeights);
  beforeEach(async () => {
    home = await makeCliHome();
    project = path.join(home.folder, 'shop');
    await mkdir(project);
  });
  afterEach(() => home.remove());

  const hook = (event: string, input: object | string) =>
    home.run(['hook', event], { stdin: typeof input === 'string' ? input : JSON.stringify(input) });

  it('brief a session about its folder’s project', async () => {
    await home.json(['store', 'The staging host is called heron', '--project', 'shop']);
    await home.json(['store', 'Of another project', '--project', 'blog']);
    const { code, stdout } = await hook('session-start', { cwd: project, hook_event_name: 'SessionStart' });
    assert.equal(code, 0);
    const { hookSpecificOutput } = JSON.parse(stdout) as { hookSpecificOutput: Record<string, string> };
    assert.equal(hookSpecificOutput['hookEventName'], 'SessionStart');
    assert.match(hookSpecificOutput['additionalContext'] ?? '', /heron/);
    assert.doesNotMatch(hookSpecificOutput['additionalContext'] ?? '', /another/);
    const printed = await home.run(['briefing'], { cwd: project });
    assert.match(printed.stdout, /heron/);
  });

  it('say nothing of an empty memory, and survive an input that makes no sense', async () => {
    for (const input of ['', 'no json', '[]', '{"cwd":7}']) {
      const { code, stdout } = await hook('session-start', input);
      assert.deepEqual([code, stdout], [0, ''], input);
    }
  });

  it('are not led elsewhere by the folder’s .env, which may be a stranger’s', async () => {
    await writeFile(
      path.join(project, '.env'),
      'MCP_MEMORY_STORAGE_BACKEND=cloudflare\nCLOUDFLARE_API_TOKEN=x\nCLOUDFLARE_ACCOUNT_ID=y\nCLOUDFLARE_API_BASE_URL=http://127.0.0.1:1\n',
    );
    await home.json(['store', 'The staging host is called heron', '--project', 'shop']);
    const { code, stdout } = await home.run(['hook', 'session-start'], {
      stdin: JSON.stringify({ cwd: project }),
      cwd: project,
    });
    assert.equal(code, 0);
    assert.match(stdout, /heron/);
    const initialize =
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}\n';
    const search =
      '{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"memory_search","arguments":{"query":"staging host"}}}\n';
    const child = spawn(process.execPath, [mainScript, 'mcp'], { env: home.env, cwd: project });
    child.stdin.write(initialize + search);
    let seen = '';
    for await (const chunk of child.stdout) {
      seen += String(chunk);
      if (seen.includes('"id":2')) break;
    }
    child.kill('SIGKILL');
    assert.match(seen, /heron/);
  });

  it('ask once what to keep, after a session of some length in which nothing was stored', async () => {
    const transcript = path.join(home.folder, 'transcript.jsonl');
    const session = { session_id: 's1', transcript_path: transcript, stop_hook_active: false };
    const asks = async (input: object) => {
      const { code, stderr } = await hook('stop', input);
      if (code === 2) assert.match(stderr, /memory_store/);
      else assert.deepEqual([code, stderr], [0, '']);
      return code === 2;
    };
    assert.ok(!(await asks(session)), 'no transcript');
    await writeFile(transcript, 'short');
    assert.ok(!(await asks(session)), 'a short one');
    await writeFile(transcript, '{"tool":"mcp_edge_memory_memory_store"}\n'.repeat(1000));
    assert.ok(!(await asks(session)), 'something was stored');
    await writeFile(transcript, '{"text":"use memory_store for it"}\n'.repeat(1000));
    assert.ok(!(await asks({ ...session, stop_hook_active: true })), 'asked a moment ago');
    assert.ok(await asks(session));
    assert.ok(!(await asks(session)), 'once is enough');
    assert.ok(await asks({ ...session, session_id: 's2' }));
  });

  describe('as the extension ships them', () => {
    const commandOf = async (plugin: string, event: string) => {
      const file = path.join(root, 'media/agent-plugins', plugin, 'hooks/hooks.json');
      const { hooks } = JSON.parse(await readFile(file, 'utf8')) as HookFile;
      return hooks[event]?.[0]?.hooks[0]?.command ?? '';
    };
    const shell = (command: string, input: object) =>
      spawnSync('/bin/sh', ['-c', command], {
        env: home.env,
        input: JSON.stringify(input),
      });

    (process.platform === 'win32' ? it.skip : it)(
      'run the installed command, and do nothing where there is none',
      async () => {
        const command = await commandOf('edge-memory-briefing', 'SessionStart');
        assert.deepEqual([shell(command, {}).status, String(shell(command, {}).stdout)], [0, '']);
        const dataFolder = path.join(home.folder, '.edge-memory');
        await writeLauncher({ dataFolder, cliScript: mainScript, nodeExecutable: process.execPath });
        await home.json(['store', 'The staging host is called heron', '--project', 'shop']);
        assert.match(String(shell(command, { cwd: project }).stdout), /heron/);
        const transcript = path.join(home.folder, 'transcript.jsonl');
        await writeFile(transcript, 'x'.repeat(40_000));
        const stop = await commandOf('edge-memory-keep', 'Stop');
        assert.equal(shell(stop, { session_id: 's', transcript_path: transcript }).status, 2);
      },
    );
  });
});
