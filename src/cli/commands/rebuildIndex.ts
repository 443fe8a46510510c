import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { RebuildOptions } from '../rebuilding.ts';

export const addRebuildCommand = (program: Command, cli: Cli): void => {
  program
    .command('rebuild-index')
    .description('In Cloudflare: compute all vectors anew, by this or another embedding model')
    .option('--model <name>', 'the embedding model, of Workers AI or of the server of --endpoint')
    .option('--endpoint <url>', 'an embedding server that speaks OpenAI’s API, up to and with /v1')
    .option('--service-is-gone', 'mcp-memory-service does not use the database any more')
    .option('--remove-old', 'remove the old index afterwards')
    .option('-y, --yes', 'do not ask')
    .action(async (options: RebuildOptions) => {
      const { rebuild } = await import('../rebuilding.ts');
      await rebuild(cli, options);
    });
};
