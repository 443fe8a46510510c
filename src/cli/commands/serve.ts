import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { port } from '../options.ts';

const HELP = `
It listens on this machine only. Where EDGE_MEMORY_API_KEY is set, requests must bear it:
"Authorization: Bearer KEY" or "X-API-Key: KEY".

Examples:
  curl -X POST http://localhost:8000/api/memories -H "Content-Type: application/json" \\
    -d '{"content": "Releases go out on Tuesdays", "tags": ["release"]}'
  curl -X POST http://localhost:8000/api/search -H "Content-Type: application/json" \\
    -d '{"query": "when do we release", "n_results": 5}'
  curl http://localhost:8000/api/stats
  curl http://localhost:8000/api/health`;

export const addServeCommand = (program: Command, cli: Cli): void => {
  program
    .command('serve')
    .description('Serve the memories to other programs of this machine (REST)')
    .option('--port <port>', 'where to listen (0: any free port)', port, 8000)
    .addHelpText('after', HELP)
    .action(async (options: { readonly port: number }) => {
      const { serveRest } = await import('../serving.ts');
      await serveRest(cli, options.port, program.version() ?? '');
    });
};
