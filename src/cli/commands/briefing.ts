import path from 'node:path';
import { Argument, type Command } from 'commander';
import type { AgentStore } from '../../mcp/agentStore.ts';
import { agentCli } from '../agentCli.ts';
import type { Cli } from '../cli.ts';
import { currentProject } from '../currentProject.ts';
import { EXIT } from '../exitCodes.ts';
import { withStore } from '../openStore.ts';
import { answer, note } from '../output.ts';

/** Hosts take a hook's exit code 2 for “go on, because of what standard error says”. */
const GO_ON = 2;

const HOOK_HELP = `
For hooks of agent hosts, which hand over JSON on standard input:
  session-start  answers a briefing of at most 1,000 tokens, as context for the session
  stop           once a session, and only where enough happened, asks the agent what to keep

In Claude Code, for example, in ~/.claude/settings.json:
  {"hooks": {
    "SessionStart": [{"hooks": [{"type": "command", "command": "edge-memory hook session-start"}]}],
    "Stop": [{"hooks": [{"type": "command", "command": "edge-memory hook stop"}]}]}}`;

export const addBriefingCommands = (program: Command, cli: Cli): void => {
  program
    .command('briefing')
    .description('Print what an agent should know at the beginning of a session')
    .option('--project <name>', 'the current project (or EDGE_MEMORY_PROJECT); default: of this folder')
    .action(async ({ project }: { readonly project?: string }) => {
      const text = await briefingFor(cli, process.cwd(), project);
      answer(cli, { briefing: text ?? null }, () => text ?? 'There is nothing to brief an agent about yet.');
    });
  program
    .command('hook')
    .description('Answer a hook of an agent host')
    .addArgument(new Argument('<event>', 'what happened').choices(['session-start', 'stop']))
    .addHelpText('after', HOOK_HELP)
    .action(async (event: 'session-start' | 'stop') => {
      const { asksWhatToKeep, readHookInput, WHAT_TO_KEEP } = await import('../agentHooks.ts');
      const given = await readHookInput();
      if (event === 'stop') {
        const { chosenDataFolder } = await import('../dataFolder.ts');
        if (!(await asksWhatToKeep(given, chosenDataFolder()))) return;
        note(WHAT_TO_KEEP);
        process.exitCode = GO_ON;
        return;
      }
      try {
        const additionalContext = await briefingFor(cli, given.cwd ?? process.cwd());
        if (additionalContext === undefined) return;
        const hookSpecificOutput = { hookEventName: 'SessionStart', additionalContext };
        process.stdout.write(`${JSON.stringify({ hookSpecificOutput })}\n`);
      } catch (error) {
        // The session begins without it; hosts show this in their log.
        note(`edge-memory: no briefing: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = EXIT.nothingDone;
      }
    });
};

const briefingFor = async (cli: Cli, folder: string, named?: string): Promise<string | undefined> => {
  const { briefing } = await import('../../mcp/briefing.ts');
  const { project } = currentProject(path.resolve(folder), named, true);
  let text: string | undefined;
  await withStore(agentCli(cli), async (store: AgentStore) => {
    text = await briefing(store, project, { signal: cli.signal });
  });
  return text;
};
