/** Runs tests in a process of their own: `node mochaMain.ts --result FILE --timeout MS [--grep RE] GLOB…`. */
import { globSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runMocha } from './mocha.ts';
import { root } from './paths.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    result: { type: 'string', default: '' },
    timeout: { type: 'string', default: '' },
    grep: { type: 'string' },
  },
});
const files = globSync(positionals, { cwd: root }).map((file) => path.resolve(root, file));
const { failed } = await runMocha({
  files: files.sort(),
  resultFile: values.result,
  timeout: Number(values.timeout),
  grep: values.grep,
});
process.exitCode = failed === 0 ? 0 : 1;

const leftOpen = setTimeout(() => {
  console.error(`The tests left something open: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(1);
}, 15_000);
leftOpen.unref(); // only runs while something else keeps the process alive
