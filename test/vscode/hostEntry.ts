/** What VS Code's extension host loads as `extensionTestsPath`: runs the bundled tests that lie beside it. */
import { appendFileSync, globSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { hostRunFromEnvironment } from '../harness/hostRun.ts';
import { runMocha } from '../harness/mocha.ts';

export async function run(): Promise<void> {
  const { outputFile, ...options } = hostRunFromEnvironment() ?? { color: false };
  const write = (...line: unknown[]): void => {
    if (outputFile === undefined) console.log(...line);
    else appendFileSync(outputFile, `${format(...line)}\n`);
  };
  const files = globSync('**/*.test.cjs', { cwd: __dirname }).map((file) => path.join(__dirname, file));
  const { failed } = await runMocha({
    ...options,
    files: files.sort(),
    timeout: 30_000,
    retries: 1,
    write,
  }).catch((error: unknown) => {
    write(error);
    throw error;
  });
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
