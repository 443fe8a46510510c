import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endWithThisProcess } from './processes.ts';

/** Everything that one VS Code reads and writes; nothing of the person's own is touched. */
export interface Profile {
  readonly folder: string;
  readonly userData: string;
  readonly extensions: string;
  /** HOME of VS Code and of what it starts: `~/.edge-memory` lies here. */
  readonly home: string;
  readonly temporary: string;
  /** The browser's own profile: SecretStorage and globalState of the web workbench live in it. */
  readonly browser: string;
  /** The folder opened unless another one is asked for. */
  readonly workspace: string;
}

export type Settings = Readonly<Record<string, unknown>>;

/** Quiet and offline: no telemetry, updates, recommendations, tips or moving parts in screenshots. */
const quiet: Settings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  // Else the tooltip of a row covers the next one that a slow test clicks.
  'workbench.hover.delay': 3000,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.commandCenter': false,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'npm.autoDetect': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
};

/** A profile under `folder`; settings that are there already stay. Keep the path short: sockets lie below (107 bytes). */
export async function prepareProfile(folder: string, settings: Settings = {}): Promise<Profile> {
  const at = (name: string): string => path.join(folder, name);
  const profile: Profile = {
    folder,
    userData: at('user-data'),
    extensions: at('extensions'),
    home: at('home'),
    temporary: at('tmp'),
    browser: at('browser'),
    workspace: at('workspace'),
  };
  const { extensions, home, temporary, workspace, userData } = profile;
  const user = path.join(userData, 'User');
  for (const directory of [extensions, home, temporary, workspace, user])
    await mkdir(directory, { recursive: true });
  const file = path.join(user, 'settings.json');
  if (!existsSync(file)) await writeFile(file, JSON.stringify({ ...quiet, ...settings }, undefined, 2));
  return profile;
}

/** A language pack without a text of VS Code's own: what extensions bring is shown in that language. */
export async function addLanguagePack({ userData }: Profile, language: string): Promise<void> {
  const texts = path.join(userData, `${language}.i18n.json`);
  await writeFile(texts, JSON.stringify({ contents: {} }));
  const pack = {
    hash: language,
    label: language,
    extensions: [{ extensionIdentifier: { id: `test.${language}` }, version: '1.0.0' }],
    translations: { vscode: texts },
  };
  await writeFile(path.join(userData, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
}

/** An empty folder that is removed by `remove()`, at the latest when this process ends. */
export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'edge-memory-'));
  const forget = endWithThisProcess(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return {
    folder,
    remove: async () => {
      forget();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
