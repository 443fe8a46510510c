import { Command } from 'commander';
import type { Cli, GlobalOptions } from './cli.ts';
import { addBackupCommands } from './commands/backups.ts';
import { addBriefingCommands } from './commands/briefing.ts';
import { addDeleteCommand } from './commands/delete.ts';
import { addConnectCommands } from './commands/connect.ts';
import { addEmbedCommand } from './commands/embed.ts';
import { addFacetCommands } from './commands/facets.ts';
import { addHealthCommand } from './commands/health.ts';
import { addListCommand } from './commands/list.ts';
import { addMcpCommand } from './commands/mcp.ts';
import { addMcpConfigCommand } from './commands/mcpConfig.ts';
import { addRebuildCommand } from './commands/rebuildIndex.ts';
import { addRestoreCommand } from './commands/restore.ts';
import { addSearchCommand } from './commands/search.ts';
import { addServeCommand } from './commands/serve.ts';
import { addShowCommand } from './commands/show.ts';
import { addStatsCommand } from './commands/stats.ts';
import { addStoreCommand } from './commands/store.ts';
import { addUpdateCommand } from './commands/update.ts';
import { addVerifyCommands } from './commands/verify.ts';
import { EXIT_CODES_HELP } from './exitCodes.ts';
import { type CliVariables, readVariables } from './variables.ts';

/** In the order of the help. What a command needs beyond its arguments it imports when it runs. */
const commands: readonly ((program: Command, cli: Cli) => void)[] = [
  addStoreCommand,
  addSearchCommand,
  addListCommand,
  addShowCommand,
  addUpdateCommand,
  addDeleteCommand,
  addRestoreCommand,
  addFacetCommands,
  addStatsCommand,
  addEmbedCommand,
  addConnectCommands,
  addHealthCommand,
  addVerifyCommands,
  addRebuildCommand,
  addBackupCommands,
  addMcpCommand,
  addServeCommand,
  addMcpConfigCommand,
  addBriefingCommands,
];

/** The terminal command; parsing its arguments runs what they name, and throws what goes wrong. */
export const createProgram = (version: string, context: Omit<Cli, 'options' | 'variables'>): Command => {
  const program = new Command('edge-memory')
    .description('Store and find the memories of you and your agents.')
    .version(version)
    .option('--json', 'print JSON')
    .option('--database <file>', 'the memories in this file (or EDGE_MEMORY_DATABASE)')
    .option('--local', 'the memories on this machine, also where Cloudflare is connected')
    .option(
      '--env-file <file>',
      'variables such as CLOUDFLARE_API_TOKEN (default: .env here, if there is one)',
    )
    .option(
      '--paid-plan',
      'in Cloudflare: store more than the 5 million dimensions of the free plan (or EDGE_MEMORY_PAID_PLAN=1)',
    )
    .option('--debug', 'say more about what happens, and when')
    .configureHelp({ showGlobalOptions: true })
    // Failures are printed in one place, as text or JSON.
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
    .addHelpText('after', EXIT_CODES_HELP);
  let variables: CliVariables | undefined;
  const cli: Cli = {
    ...context,
    options: () => program.opts<GlobalOptions>(),
    variables: () =>
      (variables ??= readVariables(process.env, {
        envFile: program.opts<GlobalOptions>().envFile,
        folder: process.cwd(),
      })),
  };
  for (const add of commands) add(program, cli);
  return program;
};
