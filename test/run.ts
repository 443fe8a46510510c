/**
 * `npm test`: everything; `node test/run.ts PART [--grep RE]` runs one.
 * The last line sums up all parts, `N passed, N failed`; a part that broke off or ran no test counts as one failed.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { findChromium } from './harness/chromium.ts';
import { installCodeServer } from './harness/codeServer.ts';
import { builtExtension, packagedExtension } from './harness/extension.ts';
import { runDesktopHostTests, runServerHostTests } from './harness/hostTests.ts';
import { type Tallies, sumOf, type Tally } from './harness/mocha.ts';
import { artifacts, compileCache, root } from './harness/paths.ts';
import { THEMES } from './harness/themes.ts';
import { exitOf, nodeFirst, npm } from './harness/processes.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } });

/** Gives what its tests came to, undefined when they broke off, or throws. */
type Part = () => Promise<Tally | undefined>;

const parts: Readonly<Record<string, Part>> = {
  prepare: async () => {
    await packagedExtension();
    if (process.platform === 'linux') await installVsCode();
    return check;
  },
  lint,
  unit: () => unitTests(),
  plain: () => plainTests(),
  vscode: () => runServerHostTests(values.grep),
  e2e: async () => {
    await packagedExtension();
    await installVsCode();
    return interfaceTests();
  },
  themes: everyTheme,
  desktop: () => runDesktopHostTests(values.grep),
  soak: () => unitTests({ EDGE_MEMORY_SOAK: '1' }),
};
/** A part without tests of its own: passed if it didn't throw. */
const check: Tally = { passed: 0, failed: 0, skipped: 0 };

/** What stands together runs side by side. */
const everything = [
  ['prepare'],
  ['unit', 'lint'],
  ['plain'],
  ...(process.platform === 'linux' ? [['vscode'], ['e2e']] : [['desktop']]),
];
if (positionals.length === 0 && process.platform !== 'linux') {
  console.log(
    'The tests in VS Code run in its desktop build here; those that drive the interface need Linux.',
  );
}
const total = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
const began = performance.now();
for (const names of positionals.length > 0 ? positionals.map((name) => [name]) : everything)
  for (const { passed, failed, skipped } of await Promise.all(names.map(runPart))) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
console.log(`\n${lines.join('\n')}\n\n  ${total.passed} passing (${since(began)})`);
if (total.skipped > 0) console.log(`  ${total.skipped} pending`);
if (total.failed > 0) console.log(`  ${total.failed} failing`);
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
process.exitCode = total.failed > 0 ? 1 : 0;

async function runPart(name: string): Promise<Tally> {
  console.log(`\n▶ ${name}`);
  const start = performance.now();
  const tally = await attempt(name);
  const summary = tally === check ? 'ok' : `${tally.passed} passed, ${tally.failed} failed`;
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
    if (tally !== check && tally.passed + tally.failed === 0) throw new Error('no test was run');
    return tally;
  } catch (error) {
    console.error(`${name}:`, error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Prints once it is done, as it runs beside others. */
async function lint(): Promise<Tally> {
  const [file, args] = npm('run', '-s', 'lint');
  const limits = { cwd: root, env: nodeFirst(), maxBuffer: 64 * 1024 * 1024 };
  const child = execFile(file, args, limits, (_error, stdout, stderr) => {
    process.stdout.write(stdout + stderr);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`npm run lint ended with ${code}`);
  return check;
}

/** What the parts in VS Code need; here, so that no test waits for it. */
async function installVsCode(): Promise<void> {
  await findChromium();
  await installCodeServer();
}

async function unitTests(env: NodeJS.ProcessEnv = {}): Promise<Tally | undefined> {
  await builtExtension();
  const files = ['test/unit/**/*.test.ts', 'test/contract/**/*.test.ts'];
  const tallies = await mochaTests('unit', files, { timeout: unitTimeout(), env });
  return tallies && sumOf(tallies);
}

/** As plain mocha takes it. */
function unitTimeout(): number {
  const { timeout } = JSON.parse(readFileSync(path.join(root, '.mocharc.json'), 'utf8')) as {
    timeout: number;
  };
  return timeout;
}

/** What the engine promises, on a SQLite without FTS5. */
async function plainTests(): Promise<Tally | undefined> {
  const preloaded = pathToFileURL(path.join(root, 'test/unit/support/withoutFts5.ts')).href;
  const tallies = await mochaTests('plain', ['test/unit/memory/**/*.test.ts', 'test/unit/cli/find.test.ts'], {
    timeout: unitTimeout(),
    env: { NODE_OPTIONS: `--import ${preloaded}` },
  });
  return tallies && sumOf(tallies);
}

/**
 * Drives a browser, so the machine's load can spoil one: a failed file runs once more, whole and in a new VS Code (its
 * tests build on each other), and what it then comes to counts. Not where more than three failed, which is no accident,
 * nor where --grep picked tests out.
 */
async function interfaceTests(firstTheme = 0): Promise<Tally | undefined> {
  const files = ['test/e2e/**/*.test.ts'];
  const timeout = 180_000;
  const env = { EDGE_MEMORY_FIRST_THEME: String(firstTheme) };
  await rm(path.join(artifacts, 'screenshots'), { recursive: true, force: true });
  const tallies = await mochaTests('e2e', files, { timeout, env });
  if (tallies === undefined) return undefined;
  const failed = Object.keys(tallies).filter((file) => (tallies[file]?.failed ?? 0) > 0);
  if (failed.length === 0 || failed.length > 3 || values.grep !== undefined) return sumOf(tallies);
  console.log(`\nFailed, run again: ${failed.map((file) => path.relative(root, file)).join(', ')}`);
  const again = await mochaTests('e2e', failed, { timeout, env });
  return again && sumOf({ ...tallies, ...again });
}

/** Those that drive the interface, each window in each theme by turns; the pictures of each round are kept apart. */
async function everyTheme(): Promise<Tally | undefined> {
  await packagedExtension();
  await installVsCode();
  const rounds: Record<string, Tally> = {};
  for (const [first, { name }] of THEMES.entries()) {
    const tally = await interfaceTests(first);
    if (tally === undefined) return undefined;
    rounds[name] = tally;
    const kept = path.join(artifacts, `screenshots of round ${first + 1}`);
    await rm(kept, { recursive: true, force: true });
    await rename(path.join(artifacts, 'screenshots'), kept);
  }
  return sumOf(rounds);
}

interface MochaOptions {
  /** Milliseconds for one test. */
  readonly timeout: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs test files in a process of their own. */
async function mochaTests(
  name: string,
  globs: readonly string[],
  { timeout, env = {} }: MochaOptions,
): Promise<Tallies | undefined> {
  const resultFile = path.join(artifacts, `${name}.json`);
  await mkdir(artifacts, { recursive: true });
  await rm(resultFile, { force: true });
  const main = path.join(root, 'test/harness/mochaMain.ts');
  const grep = values.grep === undefined ? [] : ['--grep', values.grep];
  const args = [main, '--result', resultFile, '--timeout', String(timeout), ...grep, ...globs];
  const exit = await exitOf(process.execPath, args, {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...env },
  });
  if (!existsSync(resultFile)) return undefined;
  const tallies = JSON.parse(readFileSync(resultFile, 'utf8')) as Tallies;
  if (exit !== 0 && sumOf(tallies).failed === 0) throw new Error(`it ended with ${exit} after its tests`);
  return tallies;
}

function since(start: number): string {
  const seconds = (performance.now() - start) / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${(seconds % 60).toFixed(0)} s`;
}
