import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from './browser.ts';
import { installCodeServer } from './codeServer.ts';
import { packagedExtension } from './extension.ts';
import { artifacts } from './paths.ts';
import { addLanguagePack, type Profile, type Settings, prepareProfile, temporaryFolder } from './profile.ts';
import { type Server, installVsix, startServer } from './server.ts';
import { nextTheme } from './themes.ts';
import { Workbench } from './workbench.ts';

export interface OpenOptions {
  /** The extension to install; this project's package by default. */
  readonly vsix?: string;
  /** Other extensions to install beside it. */
  readonly others?: readonly string[];
  /** User settings, beside those that keep VS Code quiet. */
  readonly settings?: Settings;
  /** The folder to open; an empty one by default. */
  readonly folder?: string;
  /** Files put into the opened folder, by their path in it. */
  readonly workspaceFiles?: Readonly<Record<string, string | Uint8Array>>;
  /** Files put into HOME, by their path in it. */
  readonly homeFiles?: Readonly<Record<string, string | Uint8Array>>;
  /** Environment of the extension host. */
  readonly env?: NodeJS.ProcessEnv;
  /** Opens the folder untrusted until the person answers. */
  readonly workspaceTrust?: boolean;
  /** The display language, such as `de`. VS Code's own texts stay English: there is no gallery to take them from. */
  readonly language?: string;
  /** Waited for in the activity bar. */
  readonly container?: string;
}

/** A machine that does other things too may take its time to serve a page; `ready` waits for what is on it. */
const NAVIGATION = { waitUntil: 'commit', timeout: 90_000 } as const;

/** Opens a real VS Code with the packaged extension, in a browser, in a new profile. */
export async function openWorkbench(options: OpenOptions = {}): Promise<OpenWorkbench> {
  const entry = await installCodeServer();
  const vsix = options.vsix ?? (await packagedExtension());
  const { folder, remove } = await temporaryFolder();
  const trust = options.workspaceTrust === true ? { 'security.workspace.trust.enabled': true } : {};
  const profile = await prepareProfile(folder, {
    'workbench.colorTheme': nextTheme(),
    ...trust,
    ...options.settings,
  });
  if (options.language !== undefined) await addLanguagePack(profile, options.language);
  await writeFiles(profile.home, options.homeFiles);
  await writeFiles(options.folder ?? profile.workspace, options.workspaceFiles);
  for (const file of [vsix, ...(options.others ?? [])]) await installVsix(entry, profile, file);
  const open = new OpenWorkbench(entry, profile, options, remove);
  try {
    await open.start();
  } catch (error) {
    await open.stop();
    throw error;
  }
  return open;
}

/** One running VS Code: server, browser and profile. Its members change with `restart`. */
export class OpenWorkbench {
  readonly profile: Profile;
  readonly #entry: string;
  readonly #options: OpenOptions;
  readonly #remove: () => Promise<void>;
  #server: Server | undefined;
  #browser: Browser | undefined;
  #port = 0;
  readonly #violations: string[] = [];

  constructor(entry: string, profile: Profile, options: OpenOptions, remove: () => Promise<void>) {
    this.#entry = entry;
    this.profile = profile;
    this.#options = options;
    this.#remove = remove;
  }

  get page(): Page {
    if (this.#browser === undefined) throw new Error('The workbench is not open');
    return this.#browser.page;
  }

  get server(): Server {
    if (this.#server === undefined) throw new Error('The workbench is not open');
    return this.#server;
  }

  get workbench(): Workbench {
    return new Workbench(this.page);
  }

  /** What pages tried that their Content Security Policy forbids, webviews too, as the browser says it. */
  get violations(): readonly string[] {
    return this.#violations;
  }

  /** HOME of the extension host. */
  get home(): string {
    return this.profile.home;
  }

  get folder(): string {
    return this.#options.folder ?? this.profile.workspace;
  }

  async start(): Promise<void> {
    const { env = {}, workspaceTrust = false, language } = this.#options;
    this.#server = await startServer({
      entry: this.#entry,
      profile: this.profile,
      port: this.#port,
      env,
      workspaceTrust,
      language,
    });
    this.#port = this.#server.port;
    this.#browser = await openBrowser(this.profile);
    this.page.setDefaultTimeout(30_000);
    this.page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.#violations.push(message.text());
    });
    await this.page.goto(this.#server.address({ folder: this.folder }), NAVIGATION);
    await this.#ready();
  }

  /** By VS Code's own command: a page that its browser reloads may lose what was open. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('domcontentloaded', { timeout: NAVIGATION.timeout });
    await this.workbench.command('Developer: Reload Window');
    await loaded;
    await this.#ready();
    if (await this.workbench.shows('Edge Memory')) await this.workbench.openContainer('Edge Memory');
  }

  /**
   * Kills the extension host; VS Code starts another one by itself, up to three times in five minutes (its web build has
   * no command for it). Waits until the view in the sidebar is the new one's.
   */
  async restartExtensionHost(): Promise<void> {
    const view = 'body[data-place="sidebar"] #query';
    const before = await this.workbench.webview(view);
    await this.server.killExtensionHost();
    while (!before.isDetached()) await this.page.waitForTimeout(100);
    await this.workbench.webview(view, 60_000);
  }

  /** Ends VS Code and starts it again, with the same profile, browser data and address. */
  async restart(): Promise<void> {
    await this.#end();
    await this.start();
  }

  /** Ends VS Code and removes its profile. */
  async stop(): Promise<void> {
    await this.#end();
    await this.#remove();
  }

  /** Keeps a picture as artifacts/screenshots/<name>.png. */
  async screenshot(name: string): Promise<string> {
    const file = path.join(artifacts, 'screenshots', `${name.replaceAll(/[^\w-]+/g, '-')}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  /** For `afterEach`: keeps a picture of what a failed test saw. */
  async screenshotOfFailure(test: Mocha.Test | undefined): Promise<void> {
    if (test?.state === 'failed') await this.screenshot(`failed-${test.fullTitle()}`);
  }

  async #ready(): Promise<void> {
    await this.workbench.ready(this.#options.container ?? 'Edge Memory');
  }

  async #end(): Promise<void> {
    await this.#browser?.context.close();
    await this.#server?.stop();
    this.#browser = this.#server = undefined;
  }
}

async function writeFiles(folder: string, files: OpenOptions['homeFiles'] = {}): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
