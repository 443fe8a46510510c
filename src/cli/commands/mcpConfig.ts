import { access } from 'node:fs/promises';
import path from 'node:path';
import { Argument, type Command } from 'commander';
import { launcherFolderIn } from '../../local/paths.ts';
import { MCP_CLIENTS, type McpClientId } from '../../mcp/clientConfigs.ts';
import { addAgentOptions, type AgentOptions, agentSettingsOf } from '../agentOptions.ts';
import type { Cli } from '../cli.ts';
import { answer, dim, note } from '../output.ts';
import { localChoice } from '../storeChoice.ts';

const HELP = `
It names the command in ~/.edge-memory/bin by its whole path, which stays the same when the extension is updated.
It holds no token: where the memories are in Cloudflare, the client needs CLOUDFLARE_API_TOKEN in its environment.`;

export const addMcpConfigCommand = (program: Command, cli: Cli): void => {
  const command = program
    .command('mcp-config')
    .description('Print the configuration that makes an AI client use this memory')
    .addArgument(new Argument('<client>', 'the program').choices(MCP_CLIENTS));
  addAgentOptions(command)
    .addHelpText('after', HELP)
    .action(async (client: McpClientId, options: AgentOptions) => {
      const [{ clientConfig, serverLaunch }, { rememberHandedOut }, { chosenDataFolder }] = await Promise.all(
        [
          import('../../mcp/clientConfigs.ts'),
          import('../../local/handedOut.ts'),
          import('../dataFolder.ts'),
        ],
      );
      const launcher = await installedLauncher(chosenDataFolder());
      const named = cli.options().database ?? process.env['EDGE_MEMORY_DATABASE'];
      const launch = serverLaunch(launcher, process.platform, {
        database: named ? path.resolve(named) : undefined,
        dataFolder: process.env['EDGE_MEMORY_DATA_FOLDER'] ? chosenDataFolder() : undefined,
        settings: await agentSettingsOf(options),
      });
      const { name, file, text, undo } = clientConfig(client, launch, process.platform);
      // The editor lists it, and Turn Off tells of it.
      await rememberHandedOut(path.dirname(localChoice(cli).database), client).catch((error: unknown) =>
        note(`It is not remembered that this was printed: ${String(error)}`),
      );
      answer(cli, { client, name, file: file ?? null, text, undo: undo ?? null }, () => text.trimEnd());
      if (cli.options().json) return;
      note(dim(whereItGoes(client, name, file)));
      if (undo !== undefined) note(dim(`To take it back: ${undo}`));
    });
};

const whereItGoes = (client: McpClientId, name: string, file: string | undefined): string => {
  if (file === undefined) return 'Run this line in a terminal.';
  return client === 'mcp.json'
    ? `Put it where your program keeps its MCP servers (often ${file} in the project), then start it again.`
    : `Put it into ${file}, then start ${name} again.`;
};

/** The command that the editor installs; where only the terminal command is, it installs itself. */
const installedLauncher = async (dataFolder: string): Promise<string> => {
  const { writeLauncher } = await import('../launcher.ts');
  const launcher = path.join(launcherFolderIn(dataFolder), 'edge-memory');
  const exists = await access(launcher).then(
    () => true,
    () => false,
  );
  const cliScript = path.resolve(process.argv[1] ?? '');
  if (!exists) await writeLauncher({ dataFolder, cliScript, nodeExecutable: process.execPath });
  return launcher;
};
