import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { openBrowser } from './browser.ts';
import { bundleHostTests } from './bundleHostTests.ts';
import { installCodeServer } from './codeServer.ts';
import { builtExtension } from './extension.ts';
import { watchHostRun } from './hostRun.ts';
import type { Tally } from './mocha.ts';
import { cache } from './paths.ts';
import { prepareProfile, temporaryFolder } from './profile.ts';
import { startServer } from './server.ts';

const patienceMs = 15 * 60_000;

/** The tests under test/vscode in the extension host of VS Code's server. Undefined when they broke off. */
export async function runServerHostTests(grep?: string): Promise<Tally | undefined> {
  const entry = await installCodeServer();
  const extension = await builtExtension();
  const tests = await bundleHostTests();
  const { folder, remove } = await temporaryFolder();
  try {
    const profile = await prepareProfile(folder);
    return await watchHostRun(folder, grep, async (env) => {
      const server = await startServer({ entry, profile, env, smokeTestDriver: true });
      const { context, page } = await openBrowser(profile);
      try {
        // The smoke-test driver calls this at the end.
        const done = new Promise<string>((resolve) => {
          const exit = (code: unknown): void => resolve(`VS Code ended the tests with ${String(code)}`);
          void page.exposeFunction('codeAutomationExit', exit);
        });
        const crash = new Promise<string>((resolve) => page.once('crash', () => resolve('the page crashed')));
        const payload = {
          extensionDevelopmentPath: server.remoteUri(extension),
          extensionTestsPath: server.remoteUri(tests),
        };
        const address = server.address({ folder: profile.workspace, payload });
        await page.goto(address, { waitUntil: 'commit', timeout: 90_000 });
        const timeout = new Promise<string>((resolve) => {
          setTimeout(() => resolve('the time was up'), patienceMs).unref();
        });
        const exited = server.exited.then(() => "VS Code's server ended");
        return [await Promise.race([done, crash, exited, timeout]), server.output()];
      } finally {
        await context.close();
        await server.stop();
      }
    });
  } finally {
    await remove();
  }
}

/** The same tests in a desktop VS Code, which is downloaded. EDGE_MEMORY_VSCODE_VERSION names another than the latest. */
export async function runDesktopHostTests(grep?: string): Promise<Tally | undefined> {
  const extensionDevelopmentPath = await builtExtension();
  const extensionTestsPath = await bundleHostTests();
  const { folder, remove } = await temporaryFolder();
  try {
    const { userData, extensions, home, workspace } = await prepareProfile(folder);
    return await watchHostRun(folder, grep, async (env) => {
      const launchArgs = [
        '--user-data-dir',
        userData,
        '--extensions-dir',
        extensions,
        '--disable-workspace-trust',
      ];
      const ended = runTests({
        version: process.env['EDGE_MEMORY_VSCODE_VERSION'] ?? 'stable',
        cachePath: path.join(cache, 'desktop'),
        extensionDevelopmentPath,
        extensionTestsPath,
        extensionTestsEnv: { ...env, HOME: home, USERPROFILE: home },
        launchArgs: [workspace, ...launchArgs],
      });
      return [String(await ended.catch((error: unknown) => error))]; // it rejects for failed tests too
    });
  } finally {
    await remove();
  }
}
