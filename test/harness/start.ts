/**
 * `npm start`: a real VS Code in the browser with this extension installed.
 * Its profile lasts, memories included, unless `--fresh` asks for a new one.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from './browser.ts';
import { installCodeServer } from './codeServer.ts';
import { connectHome } from './connectHome.ts';
import { startEmulatorProcess } from './emulatorProcess.ts';
import { packagedExtension } from './extension.ts';
import { cache, root } from './paths.ts';
import { prepareProfile, temporaryFolder } from './profile.ts';
import { installVsix, startServer } from './server.ts';
import { Workbench } from './workbench.ts';

const usage = `npm start -- [--folder DIR] [--port N] [--fresh] [--shot FILE] [--cloudflare-emulator]

  --folder DIR  the folder to open (default: an empty one)
  --port N      where VS Code answers on 127.0.0.1 (default: 8088)
  --fresh       with an empty profile that is removed at the end
  --cloudflare-emulator
                connected to an emulator of Cloudflare's API, with a few memories, in a fresh profile
  --shot FILE   take a picture with the Edge Memory sidebar open, and end`;

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    port: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    shot: { type: 'string' },
    'cloudflare-emulator': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) console.log(usage);
else await start();

async function start(): Promise<void> {
  const entry = await installCodeServer();
  const vsix = await packagedExtension();
  const emulator = values['cloudflare-emulator'] ? await startEmulatorProcess(root) : undefined;
  const temporary = values.fresh || emulator !== undefined ? await temporaryFolder() : undefined;
  try {
    const profile = await prepareProfile(temporary?.folder ?? path.join(cache, 'start'), {
      ...(emulator && { 'edgeMemory.cloudflare.apiBaseUrl': emulator.baseUrl }),
    });
    // The token stays in the environment of what runs: no file holds it.
    const env = emulator?.environment ?? {};
    if (emulator) await connectHome(profile.home, env);
    await installVsix(entry, profile, vsix);
    const folder = values.folder === undefined ? profile.workspace : path.resolve(values.folder);
    if (!existsSync(folder)) throw new Error(`There is no folder ${folder}`);
    const port = Number(values.port ?? (values.shot === undefined ? 8088 : 0));
    const server = await startServer({ entry, profile, port, env });
    try {
      const address = server.address({ folder });
      console.log(`VS Code with Edge Memory: ${address}`);
      if (emulator)
        console.log(
          `It is connected to an emulator of Cloudflare, ${emulator.baseUrl}; its token: ${emulator.token}`,
        );
      if (values.shot === undefined) {
        console.log(
          emulator
            ? 'Its memories are gone when it ends. Ctrl+C ends it.'
            : `Memories lie in ${path.join(profile.home, '.edge-memory')}. Ctrl+C ends it.`,
        );
        await server.exited;
      } else {
        const { context, page } = await openBrowser(profile);
        const workbench = new Workbench(page);
        await page.goto(address);
        await workbench.ready('Edge Memory');
        await workbench.openContainer('Edge Memory');
        await workbench.activated('edge-memory.edge-memory');
        await workbench.sidebarLoaded();
        await page.waitForTimeout(500); // the rows are drawn
        await mkdir(path.dirname(path.resolve(values.shot)), { recursive: true });
        await page.screenshot({ path: values.shot });
        await context.close();
        console.log(`Picture: ${path.resolve(values.shot)}`);
      }
    } finally {
      await server.stop();
    }
  } finally {
    await emulator?.stop();
    await temporary?.remove();
  }
}
