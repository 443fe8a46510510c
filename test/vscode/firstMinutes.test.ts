import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { EMPTY_FORM } from '../../src/shared/searchProtocol.ts';
import { AgentTraces } from '../../src/vscode/agents/agentTraces.ts';
import { Milestones } from '../../src/vscode/firstMinutes/milestones.ts';
import { fileSources } from '../../src/vscode/found/fileSources.ts';
import { searchForm } from '../../src/vscode/searchView/search.ts';
import { answerMessages, emptyStore, eventually, run, services, stored } from './access.ts';
import { MCP, startServer, toolNames } from './agentTools.ts';

const manifest = (): {
  readonly commands: readonly { readonly command: string; readonly category?: string }[];
  readonly walkthroughs: readonly { readonly steps: readonly { readonly description: string }[] }[];
  readonly viewsWelcome: readonly { readonly contents: string }[];
} =>
  (
    vscode.extensions.getExtension('edge-memory.edge-memory')?.packageJSON as {
      contributes: ReturnType<typeof manifest>;
    }
  ).contributes;

describe('the first minutes', () => {
  beforeEach(emptyStore);

  it('offer commands that exist, all of one category', async () => {
    const known = new Set(await vscode.commands.getCommands(true));
    const { commands, walkthroughs, viewsWelcome } = manifest();
    for (const { command, category } of commands) {
      assert.ok(known.has(command), `${command} is not registered`);
      assert.equal(category, 'Edge Memory');
    }
    const texts = [
      ...walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)),
      ...viewsWelcome.map(({ contents }) => contents),
    ];
    for (const [, command = ''] of texts.join('\n').matchAll(/\(command:([\w.]+)/g))
      assert.ok(known.has(command), `${command} is offered, but there is no such command`);
  });

  it('remember that a first memory was stored, and that an agent stored one', async () => {
    const { globalState } = (await services()).context;
    const reached = (): string[] => globalState.get<string[]>('firstMinutes.reached', []);
    await stored({ content: 'mine' });
    await eventually(() => assert.ok(reached().includes('stored')));
    await (await services()).store.store({ content: 'an agent’s', source: { client: 'Claude Code 2.1' } });
    await eventually(() => assert.ok(reached().includes('agent')));
  });

  it('remember that a search found something, not that one was opened or found nothing', async () => {
    const { context } = await services();
    const reached = (): string[] => context.globalState.get<string[]>('firstMinutes.reached', []);
    await context.globalState.update('firstMinutes.reached', undefined);
    const running = await services();
    const milestones = new Milestones(running);
    try {
      await stored({ content: 'Deploys go out on Tuesdays' });
      const { signal } = new AbortController();
      const search = (query: string) =>
        searchForm(
          running,
          { form: { ...EMPTY_FORM, query }, wanted: 10, after: undefined, pass: 'first' },
          signal,
        );
      await search('');
      await search('xylophone');
      assert.ok(!reached().includes('found'));
      await search('deploys');
      await eventually(() => assert.ok(reached().includes('found')));
    } finally {
      milestones.dispose();
    }
  });

  it('find the sections of AGENTS.md, without those that were written for agents by programs', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const file = vscode.Uri.joinPath(folder.uri, 'AGENTS.md');
    const text =
      '# Rules\nUse tabs.\n\n## Deploys\nOn Tuesdays.\n\n<!-- edge-memory:begin -->\n## Edge Memory\nx\n<!-- edge-memory:end -->\n';
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
    try {
      const [source, ...others] = await fileSources(await services());
      assert.deepEqual(others, []);
      assert.ok(source);
      assert.deepEqual([source.name, source.count], ['AGENTS.md', 2]);
      assert.deepEqual(
        source.examples.map(({ content, source: from }) => [content, from?.path, from?.symbol]),
        [
          ['# Rules\nUse tabs.', 'AGENTS.md', 'Rules'],
          ['## Deploys\nOn Tuesdays.', 'AGENTS.md', 'Rules › Deploys'],
        ],
      );
    } finally {
      await vscode.workspace.fs.delete(file);
    }
  });
});

describe('what other programs keep', () => {
  it('is taken over with the place of its file, as every memory of a file has it', async () => {
    const running = await services();
    const folder = vscode.Uri.file(await mkdtemp(path.join(homedir(), 'found-')));
    const file = vscode.Uri.joinPath(folder, 'github.copilot-chat/memory-tool/memories/deploys.md');
    try {
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('# Deploys\nOn Tuesdays.\n'));
      const context = { globalStorageUri: vscode.Uri.joinPath(folder, 'own') } as vscode.ExtensionContext;
      const [source] = await fileSources({ ...running, context });
      const [example] = source?.examples ?? [];
      assert.equal(
        example?.source?.path,
        `~/${path.basename(folder.fsPath)}/github.copilot-chat/memory-tool/memories/deploys.md`,
      );
    } finally {
      await vscode.workspace.fs.delete(folder, { recursive: true });
    }
  });
});

describe('turning off', () => {
  const showWhatIsSetUp = async (): Promise<void> => {
    const shown = run('agentTraces');
    let isOver = false;
    void shown.then(() => (isOver = true));
    await eventually(async () => {
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      assert.ok(isOver);
    });
  };

  it('says what is taken back, and does nothing without a yes', async () => {
    const question = answerMessages('showWarningMessage');
    try {
      assert.equal(await run('turnOff'), undefined);
      assert.deepEqual(question.texts, ['Turn off Edge Memory?']);
    } finally {
      question.restore();
    }
  });

  it('takes back the terminal command, its place on the PATH and the server of agents, and leaves memories and settings', async () => {
    const running = await services();
    const { context, settings } = running;
    const launcher = path.join(settings.dataFolder, 'bin', 'edge-memory');
    const configuration = vscode.workspace.getConfiguration('edgeMemory');
    await eventually(() => assert.ok(context.environmentVariableCollection.get('PATH')));
    await configuration.update('search.limit', 7, vscode.ConfigurationTarget.Global);
    await startServer();
    const { contentHash } = await stored({ content: 'stays' });
    let question = answerMessages('showWarningMessage', 'Turn Off');
    try {
      const report = await run<string>('turnOff');
      assert.match(report, /Your memories are in `~\/\.edge-memory`/);
      assert.ok(!existsSync(launcher));
      // What only shows the configurations that start the command does not bring it back.
      await new AgentTraces(running).rememberCopied('cursor');
      await showWhatIsSetUp();
      question.restore();
      question = answerMessages('showWarningMessage');
      assert.equal(await run('turnOff'), undefined);
      assert.ok(!existsSync(launcher));
      assert.equal(context.environmentVariableCollection.get('PATH'), undefined);
      const { globalValue } = vscode.workspace.getConfiguration('edgeMemory').inspect('search.limit') ?? {};
      assert.equal(globalValue, 7);
      await eventually(() => assert.deepEqual(toolNames(MCP), []));
      assert.equal((await (await services()).store.get([contentHash])).length, 1);
    } finally {
      question.restore();
      await new AgentTraces(running).forgetCopied('cursor');
      await configuration.update('search.limit', undefined, vscode.ConfigurationTarget.Global);
      await run('turnOn');
    }
    await startServer();
    assert.ok(existsSync(launcher));
    assert.ok(context.environmentVariableCollection.get('PATH'));
  });

  describe('where a section was written and a configuration copied', () => {
    const SECTION = '<!-- edge-memory:begin -->\n## Edge Memory\nx\n<!-- edge-memory:end -->\n';
    const OTHER = '{ "mcpServers": { "other": { "command": "other" } } }';
    const write = (uri: vscode.Uri, text: string) =>
      vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    const read = async (uri: vscode.Uri) => new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    let [section, cursor, windsurf]: vscode.Uri[] = [];
    let traces: AgentTraces;

    beforeEach(async () => {
      traces = new AgentTraces(await services());
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      assert.ok(folder);
      section = vscode.Uri.joinPath(folder.uri, 'AGENTS.md');
      await write(section, `# Rules\n\n${SECTION}`);
      await traces.setInstructionFile(section.toString(), true);
      const silent = answerMessages('showInformationMessage');
      const configured = await run<string>('copyMcpConfiguration', 'cursor');
      await run('copyMcpConfiguration', 'windsurf');
      await run('copyMcpConfiguration', 'claude-code');
      silent.restore();
      cursor = vscode.Uri.file(path.join(homedir(), '.cursor', 'mcp.json'));
      windsurf = vscode.Uri.file(path.join(homedir(), '.codeium', 'windsurf', 'mcp_config.json'));
      await write(cursor, configured);
      await write(windsurf, OTHER);
    });
    afterEach(async () => {
      await run('turnOn');
      for (const uri of [section, cursor, windsurf])
        if (uri) await vscode.workspace.fs.delete(uri).then(undefined, () => undefined);
      for (const { client } of await traces.copied()) await traces.forgetCopied(client);
      await traces.setInstructionFile(section?.toString() ?? '', false);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });

    /** Turns off, and answers each change that is shown. */
    const turnOff = async (answer: 'yes' | 'no') => {
      const question = answerMessages('showWarningMessage', 'Turn Off');
      const picked = vscode.window.showQuickPick;
      const shown: string[] = [];
      const pick = async (items: readonly vscode.QuickPickItem[], options: vscode.QuickPickOptions) => {
        const { activeTab } = vscode.window.tabGroups.activeTabGroup;
        if (activeTab?.input instanceof vscode.TabInputTextDiff) shown.push(options.title ?? '');
        return Promise.resolve(items[answer === 'yes' ? 0 : 1]);
      };
      Object.assign(vscode.window, { showQuickPick: pick });
      try {
        return { report: await run<string>('turnOff'), details: question.details.join(), shown };
      } finally {
        Object.assign(vscode.window, { showQuickPick: picked });
        question.restore();
      }
    };

    it('shows both changes, makes them, and says what it can not remove', async () => {
      const { report, details, shown } = await turnOff('yes');
      assert.match(details, /after you saw the change: the section in AGENTS\.md/);
      assert.match(details, /after you saw the change: the entry in ~\/\.cursor\/mcp\.json/);
      assert.deepEqual(shown, [
        'Remove the section from AGENTS.md',
        'Remove Edge Memory from ~/.cursor/mcp.json',
      ]);
      assert.ok(section && cursor && windsurf);
      assert.equal(await read(section), '# Rules\n');
      assert.deepEqual(JSON.parse(await read(cursor)), { mcpServers: {} });
      assert.equal(await read(windsurf), OTHER);
      assert.match(report, /yours to remove\n\n.*Windsurf: .*mcp_config\.json/s);
      assert.match(report, /Claude Code: `claude mcp remove --scope user edge-memory`/);
      assert.doesNotMatch(report, /Cursor|AGENTS\.md/);
      assert.deepEqual((await traces.copied()).map(({ client }) => client).toSorted(), [
        'claude-code',
        'windsurf',
      ]);
    });

    it('leaves as they are those whose change was not confirmed, and says so', async () => {
      assert.ok(section && cursor);
      const before = await Promise.all([read(section), read(cursor)]);
      const { report } = await turnOff('no');
      assert.deepEqual(await Promise.all([read(section), read(cursor)]), before);
      assert.match(report, /The section in AGENTS\.md: its change was not confirmed/);
      assert.match(report, /The entry in ~\/\.cursor\/mcp\.json: its change was not confirmed/);
    });
  });
});
