import * as vscode from 'vscode';
import { MemoryError } from '../memory/errors.ts';
import type { MemoryStats } from '../memory/memory.ts';
import { describeMode, shortMode } from './effectiveMode.ts';
import { describeError } from './errors.ts';
import type { Services } from './services.ts';
import { number } from './numbers.ts';
import type { StoreStats } from './storeStats.ts';

/** Opening the store waits until the window's own start is over. */
const FIRST_LOOK = 300;

/** How many memories there are and how they are searched; a click searches. */
export class StatusBar implements vscode.Disposable {
  readonly #services: Services;
  readonly #item: vscode.StatusBarItem;
  readonly #disposables: vscode.Disposable;
  readonly #firstLook: NodeJS.Timeout;
  #stats: MemoryStats | undefined;

  constructor(services: Services, stats: StoreStats) {
    this.#services = services;
    this.#item = vscode.window.createStatusBarItem('edgeMemory.status', vscode.StatusBarAlignment.Right, 90);
    this.#item.name = vscode.l10n.t('Edge Memory');
    this.#disposables = vscode.Disposable.from(
      this.#item,
      stats.onDidRead((read) => this.#show(read)),
      stats.onDidFail((error) => this.#showFailure(error)),
      services.events.onDidEmbed((embedding) => {
        if (this.#stats) this.#show({ ...this.#stats, embedding });
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('edgeMemory.showStatusBar')) look();
      }),
    );
    const look = (): void => {
      if (services.settings.showStatusBar) void stats.read();
      else this.#item.hide();
    };
    this.#firstLook = setTimeout(look, FIRST_LOOK);
  }

  dispose(): void {
    clearTimeout(this.#firstLook);
    this.#disposables.dispose();
  }

  #show(stats: MemoryStats): void {
    this.#stats = stats;
    const count = number(stats.live);
    const { pending } = stats.embedding;
    const lines = [
      stats.live === 1 ? vscode.l10n.t('1 memory') : vscode.l10n.t('{0} memories', count),
      vscode.l10n.t('Search: {0}', describeMode(stats.mode)),
      this.#place(),
      ...(pending > 0 ? [vscode.l10n.t('{0} not yet prepared for search by meaning', pending)] : []),
      vscode.l10n.t('Click to search'),
    ];
    const short = shortMode(stats.mode);
    const mode = this.#connected ? vscode.l10n.t('cloud, {0}', short) : short;
    this.#item.text = `$(${this.#connected ? 'cloud' : 'archive'}) ${count} · ${mode}`;
    this.#item.tooltip = plainTooltip(vscode.l10n.t('Edge Memory'), lines);
    this.#item.backgroundColor = undefined;
    this.#item.command = 'edgeMemory.searchMemories';
    this.#item.accessibilityInformation = {
      label: vscode.l10n.t('Edge Memory: {0}, {1}. Search memories', lines[0] ?? '', mode),
      role: 'button',
    };
    this.#showItem();
  }

  #showItem(): void {
    if (this.#services.settings.showStatusBar) this.#item.show();
  }

  get #connected(): boolean {
    return this.#services.connection.target !== undefined;
  }

  #place(): string {
    const { connection, settings } = this.#services;
    const { target } = connection;
    return target === undefined
      ? vscode.l10n.t('Stored in {0}', settings.dataFolder)
      : vscode.l10n.t('Stored in Cloudflare: {0}, {1}', target.accountName, target.database.name);
  }

  #showFailure(error: unknown): void {
    const message = describeError(error);
    this.#stats = undefined;
    const name = this.#connected ? vscode.l10n.t('Edge Memory: cloud') : vscode.l10n.t('Edge Memory');
    this.#item.text = `$(${MemoryError.is(error, 'offline') ? 'cloud-offline' : 'warning'}) ${name}`;
    this.#item.tooltip = plainTooltip(vscode.l10n.t('Edge Memory'), [
      message,
      vscode.l10n.t('Click to try again'),
    ]);
    this.#item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    this.#item.command = 'edgeMemory.refresh';
    this.#item.accessibilityInformation = { label: message, role: 'button' };
    this.#showItem();
  }
}

const plainTooltip = (title: string, lines: readonly string[]): vscode.MarkdownString => {
  const tooltip = new vscode.MarkdownString('**').appendText(title).appendMarkdown('**');
  for (const line of lines) tooltip.appendMarkdown('\n\n').appendText(line);
  return tooltip;
};
