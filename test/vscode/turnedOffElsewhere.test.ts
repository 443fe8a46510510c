import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { AgentAccess } from '../../src/vscode/mcp/agentAccess.ts';
import { registerTerminalCommand } from '../../src/vscode/terminalCommand.ts';
import { emptyStore, eventually, services } from './access.ts';
import { invoke, MCP, startServer, watchContext } from './agentTools.ts';

describe('a window, after it was turned off in another one,', function () {
  this.timeout(60_000);
  beforeEach(emptyStore);

  /** As the other window leaves it. */
  const turn = async (off: boolean): Promise<void> =>
    (await services()).context.globalState.update('turnedOff', off || undefined);
  afterEach(() => turn(false));

  it('answers agents no more', async () => {
    await startServer();
    await turn(true);
    for (const [tool, input] of [
      ['memory_stats', {}],
      ['memory_store', { content: 'Tea at four' }],
    ] as const) {
      const [answer] = await invoke(`${MCP}${tool}`, input);
      assert.equal(answer?.['error'], 'forbidden');
      assert.match(String(answer['message']), /turned off/);
      assert.match(String(answer['next_step']), /Turn On/);
    }
    await turn(false);
    const [stats] = await invoke(`${MCP}memory_stats`, {});
    assert.equal(stats?.['memories'], 0);
  });

  it('takes back what it offers once a person comes to it, and offers it again after Turn On', async () => {
    const { onDidChangeWindowState } = vscode.window;
    const { registerMcpServerDefinitionProvider } = vscode.lm;
    const state = new vscode.EventEmitter<vscode.WindowState>();
    let offered = 0;
    Object.assign(vscode.window, { onDidChangeWindowState: state.event });
    // A second provider of the same name.
    Object.assign(vscode.lm, {
      registerMcpServerDefinitionProvider: () => {
        offered++;
        return new vscode.Disposable(() => offered--);
      },
    });
    const keys = watchContext();
    const running = await services();
    const path = () => running.context.environmentVariableCollection.get('PATH');
    const window = vscode.Disposable.from(
      new AgentAccess(running),
      registerTerminalCommand(running, () => Promise.resolve()),
    );
    try {
      await eventually(() => assert.ok(path()));
      assert.equal(offered, 1);
      await turn(true);
      state.fire({ focused: false, active: false });
      assert.equal(offered, 1);
      state.fire({ focused: true, active: true });
      assert.equal(offered, 0);
      assert.equal(keys.values.get('edgeMemory.turnedOff'), true);
      await eventually(() => assert.equal(path(), undefined));
      await turn(false);
      state.fire({ focused: true, active: true });
      assert.equal(offered, 1);
      assert.equal(keys.values.get('edgeMemory.turnedOff'), false);
      await eventually(() => assert.ok(path()));
      state.fire({ focused: true, active: true });
      assert.equal(offered, 1);
    } finally {
      window.dispose();
      keys.restore();
      Object.assign(vscode.window, { onDidChangeWindowState });
      Object.assign(vscode.lm, { registerMcpServerDefinitionProvider });
    }
  });
});
