import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { defaultDataFolder } from '../local/paths.ts';
import type { SearchMode } from '../memory/memory.ts';

export const SECTION = 'edgeMemory';

/** The settings as they are now; nothing is kept, so a change holds from the next use on. */
export class Settings {
  /** Absolute. The setting may begin with `~` and is machine-scoped: no workspace can move the memory. */
  get dataFolder(): string {
    const folder = this.#get('dataFolder', '').trim();
    return folder === ''
      ? defaultDataFolder()
      : path.resolve(homedir(), folder.replace(/^~(?=$|[/\\])/, homedir()));
  }

  get searchMode(): SearchMode {
    return this.#get<SearchMode>('search.mode', 'hybrid');
  }

  get searchLimit(): number {
    return this.#get('search.limit', 30);
  }

  get confirmDelete(): boolean {
    return this.#get('confirmDelete', true);
  }

  get tagWithProject(): boolean {
    return this.#get('tagWithProject', true);
  }

  get showStatusBar(): boolean {
    return this.#get('showStatusBar', true);
  }

  get showCodeLens(): boolean {
    return this.#get('editor.codeLens', false);
  }

  get showHover(): boolean {
    return this.#get('editor.hover', false);
  }

  get addToTerminalPath(): boolean {
    return this.#get('terminal.addToPath', true);
  }

  /** Undefined: Cloudflare's own. Application-scoped: no workspace can send a token elsewhere. */
  get cloudflareApiBaseUrl(): string | undefined {
    return this.#text('cloudflare.apiBaseUrl');
  }

  /** Undefined: the model of the connection. */
  get embeddingModel(): string | undefined {
    return this.#text('cloudflare.embeddingModel');
  }

  /** Undefined: Workers AI. Application-scoped, too: every memory's text goes there. */
  get embeddingEndpoint(): string | undefined {
    return this.#text('cloudflare.embeddingEndpoint');
  }

  get cloudflarePlan(): 'free' | 'paid' {
    return this.#get<'free' | 'paid'>('cloudflare.plan', 'free');
  }

  /** Undefined where it is blank. */
  #text(name: string): string | undefined {
    const text = this.#get(name, '').trim();
    return text === '' ? undefined : text;
  }

  #get<T>(name: string, fallback: T): T {
    return vscode.workspace.getConfiguration(SECTION).get<T>(name, fallback);
  }
}
