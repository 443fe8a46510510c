import { type BrowserContext, type Page, chromium } from 'playwright-core';
import { findChromium } from './chromium.ts';
import type { Profile } from './profile.ts';

export interface Browser {
  readonly context: BrowserContext;
  readonly page: Page;
}

/**
 * Leaves out the worker by which code-server makes itself an installable app. It would control the frames of webviews
 * too, and the first one of a profile would then wait some 10 s for an update of their own worker.
 */
const withoutPwaWorker = `{
  const { register } = ServiceWorkerContainer.prototype;
  ServiceWorkerContainer.prototype.register = function (script, options) {
    const isPwa = String(script).endsWith('/out/browser/serviceWorker.js');
    return isPwa ? Promise.reject(new Error('left out')) : register.call(this, script, options);
  };
}`;

/** For pages that are to be drawn without WebGL, as where there is no graphics card. */
export const withoutWebgl = `{
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, options) {
    return kind.startsWith('webgl') ? null : getContext.call(this, kind, options);
  };
}`;

/** Headless Chromium with the profile's own browser data, which reaches this machine only. */
export async function openBrowser(
  profile: Profile,
  viewport = { width: 1280, height: 1100 },
): Promise<Browser> {
  const context = await chromium.launchPersistentContext(profile.browser, {
    executablePath: await findChromium(),
    headless: true,
    viewport,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
    env: {
      ...process.env,
      HOME: profile.browser,
      XDG_CONFIG_HOME: profile.browser,
      XDG_CACHE_HOME: profile.browser,
    },
  });
  await context.addInitScript({ content: withoutPwaWorker });
  return { context, page: context.pages()[0] ?? (await context.newPage()) };
}
