import { Option, type Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { ConnectOptions } from '../connecting.ts';

const HELP = `
The API token comes from CLOUDFLARE_API_TOKEN (the environment, --env-file, .env), else from standard input; it is kept
nowhere. It needs the permissions D1 Edit, Vectorize Edit, Workers AI Read and, as wanted, Workers R2 Storage Edit and
Account Settings Read. Resources are found by their usual names or those given here, and made where there are none;
CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_D1_DATABASE_ID, CLOUDFLARE_VECTORIZE_INDEX, CLOUDFLARE_R2_BUCKET and
CLOUDFLARE_EMBEDDING_MODEL stand for options that are left out.

Afterwards every command works on the memories in Cloudflare while CLOUDFLARE_API_TOKEN is set.

Examples:
  edge-memory connect < token.txt
  edge-memory connect --copy
  edge-memory connect --database-name team-memory --index team-index --no-bucket --location weur`;

export const addConnectCommands = (program: Command, cli: Cli): void => {
  program
    .command('connect')
    .description('Keep the memories in your own Cloudflare account')
    .option('--account <id>', 'the account, by its ID or name, where the token reaches several')
    .option('--database-name <name>', 'the D1 database, by its name or ID (usually mcp-memory-db)')
    .option('--index <name>', 'the Vectorize index (usually mcp-memory-index)')
    .option('--r2-bucket <name>', 'the R2 bucket for large content (usually mcp-memory-content)')
    .option('--no-bucket', 'without R2: content of more than 1 MB is refused')
    .option('--model <name>', 'the embedding model, of Workers AI or of the server of --endpoint')
    .option(
      '--endpoint <url>',
      'an embedding server that speaks OpenAI’s API, as http://localhost:11434/v1 (its key: EDGE_MEMORY_EMBEDDING_KEY)',
    )
    .addOption(
      new Option('--location <hint>', 'where to make a new database and bucket').choices([
        'wnam',
        'enam',
        'weur',
        'eeur',
        'apac',
        'oc',
      ]),
    )
    .addOption(
      new Option('--jurisdiction <name>', 'where its data may lie at all').choices(['eu', 'fedramp']),
    )
    .option(
      '--copy',
      'copy the memories of this machine there, less those that are to stay; they stay here too',
    )
    .option('--no-copy', 'copy none, and do not ask')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', HELP)
    .action(async (options: ConnectOptions) => {
      const { connect } = await import('../connecting.ts');
      await connect(cli, options);
    });

  program
    .command('disconnect')
    .description('Use the memories on this machine again; those in Cloudflare stay there')
    .option('--remove-tables', 'also remove Edge Memory’s own tables from the database; the memories stay')
    .option('-y, --yes', 'do not ask')
    .action(async (options: { readonly removeTables?: boolean; readonly yes?: boolean }) => {
      const { disconnect } = await import('../disconnecting.ts');
      await disconnect(cli, options);
    });
};
