/**
 * `npm test`: everything; `node test/run.ts PART [--grep RE]` runs one.
 * The last line sums up all parts, `N passed, N failed`; a part that broke off or ran no test counts as one failed.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { findChromium } from './harness/chromium.ts';
import { installCodeServer } from './harness/codeServer.ts';
import { builtExtension, packagedExtension } from './harness/extension.ts';
import { runDesktopHostTests, runServerHostTests } from './harness/hostTests.ts';
import { runInterfaceTests, runInterfaceTestsInThemes } from './harness/interfaceTests.ts';
import { NO_TESTS, type Tally } from './harness/mocha.ts';
import { exitOfQuiet, mochaProcess } from './harness/mochaProcess.ts';
import { root } from './harness/paths.ts';
import { npm } from './harness/processes.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } });

/** Gives what its tests came to, undefined when they broke off, or throws. */
type Part = () => Promise<Tally | undefined>;

const UNIT = ['test/unit/**/*.test.ts'];
/** Against the emulator and official clients, in programs as they are built. */
const CONTRACT = ['test/contract/**/*.test.ts'];
const SOAK = { EDGE_MEMORY_SOAK: '1' };
const parts: Readonly<Record<string, Part>> = {
  prepare: async () => {
    await packagedExtension();
    if (process.platform === 'linux') await installVsCode();
    return NO_TESTS;
  },
  lint,
  unit: () => plainMocha('unit', UNIT),
  contract: () => plainMocha('contract', CONTRACT),
  plain: testsWithoutFts5,
  vscode: () => runServerHostTests(values.grep),
  e2e: () => inVsCode(() => runInterfaceTests(values.grep)),
  themes: () => inVsCode(runInterfaceTestsInThemes),
  desktop: () => runDesktopHostTests(values.grep),
  soak: () => plainMocha('soak', [...UNIT, ...CONTRACT], SOAK),
};
/** Each row waits for the one above. What stands in a row runs side by side, each list in its order. */
const everything = [
  [['prepare']],
  [['contract'], ['lint', 'unit', 'plain']],
  ...(process.platform === 'linux' ? [[['vscode']], [['e2e']]] : [[['desktop']]]),
];
if (positionals.length === 0 && process.platform !== 'linux') {
  console.log(
    'The tests in VS Code run in its desktop build here; those that drive the interface need Linux.',
  );
}
const total = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
const began = performance.now();
for (const lists of positionals.length > 0 ? positionals.map((name) => [[name]]) : everything)
  await Promise.all(lists.map(runParts));
console.log(`\n${lines.join('\n')}\n\n  ${total.passed} passing (${since(began)})`);
if (total.skipped > 0) console.log(`  ${total.skipped} pending`);
if (total.failed > 0) console.log(`  ${total.failed} failing`);
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
process.exitCode = total.failed > 0 ? 1 : 0;

async function runParts(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const { passed, failed, skipped } = await runPart(name);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
}

async function runPart(name: string): Promise<Tally> {
  console.log(`\n▶ ${name}`);
  const start = performance.now();
  const tally = await attempt(name);
  const summary = tally === NO_TESTS ? 'ok' : `${tally.passed} passed, ${tally.failed} failed`;
  lines.push(`  ${name.padEnd(8)} ${since(start).padStart(8)}  ${summary}`);
  console.log(`◀ ${name}: ${summary} (${since(start)})`);
  return tally;
}

async function attempt(name: string): Promise<Tally> {
  try {
    const part = parts[name];
    if (part === undefined) throw new Error(`no such part; there are ${Object.keys(parts).join(', ')}`);
    const tally = await part();
    if (tally === undefined) throw new Error('it ended before its tests were done');
    if (tally !== NO_TESTS && tally.passed + tally.failed === 0) throw new Error('no test was run');
    return tally;
  } catch (error) {
    console.error(`${name}:`, error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function lint(): Promise<Tally> {
  const code = await exitOfQuiet('lint', ...npm('run', '-s', 'lint'));
  if (code !== 0) throw new Error(`npm run lint ended with ${code}`);
  return NO_TESTS;
}

/** What the parts in VS Code need; here, so that no test waits for it. */
async function installVsCode(): Promise<void> {
  await findChromium();
  await installCodeServer();
}

/** Tests that install the packaged extension. */
async function inVsCode(tests: Part): Promise<Tally | undefined> {
  await packagedExtension();
  await installVsCode();
  return tests();
}

/** Tests that need no VS Code. */
async function plainMocha(
  name: string,
  globs: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Tally | undefined> {
  await builtExtension();
  const file = path.join(root, '.mocharc.json');
  const { timeout } = JSON.parse(readFileSync(file, 'utf8')) as { timeout: number };
  return mochaProcess({ name, globs, timeout, grep: values.grep, env });
}

/** What the engine promises, on a SQLite without FTS5. */
async function testsWithoutFts5(): Promise<Tally | undefined> {
  const preloaded = pathToFileURL(path.join(root, 'test/unit/support/withoutFts5.ts')).href;
  const env = { NODE_OPTIONS: `--import ${preloaded}` };
  return plainMocha('plain', ['test/unit/memory/**/*.test.ts', 'test/unit/cli/find.test.ts'], env);
}

function since(start: number): string {
  const seconds = (performance.now() - start) / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${(seconds % 60).toFixed(0)} s`;
}
