import * as vscode from 'vscode';
import type { LineageStep, Memory } from '../../memory/memory.ts';
import { codeStatesOf, describeCodeState } from '../code/codeStates.ts';
import { number } from '../numbers.ts';
import type { Services } from '../services.ts';
import { predecessorsOf, successorsOf } from './lineage.ts';

/** Above a memory's document: what has become of it, with what can be done about that. */
export class MemoryLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  /** By content hash, until the store changes: VS Code asks for lenses at every pause in typing. */
  readonly #histories = new Map<string, Promise<LineageStep[]>>();

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    this.#subscription = services.events.onDidChange(() => {
      this.#histories.clear();
      this.#changed.fire();
    });
  }

  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { documents } = this.#services;
    const memory = await documents.memoryOf(uri).catch(() => undefined);
    if (memory === undefined) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    const commands = [...fateOf(memory), ...(await this.#historyOf(memory)), ...(await this.#codeOf(memory))];
    return commands.map((command) => new vscode.CodeLens(top, command));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** What a memory was before it was edited; or, of such an earlier version, what it has become. */
  async #historyOf({ contentHash, deletedAt }: Memory): Promise<vscode.Command[]> {
    const { store } = this.#services;
    const steps = await this.#stepsOf(contentHash);
    const commands: vscode.Command[] = [];
    const earlier = predecessorsOf(contentHash, steps).size;
    if (earlier > 0)
      commands.push({
        command: 'edgeMemory.earlierVersions',
        title: vscode.l10n.t('$(history) Earlier Versions ({0})', number(earlier)),
        arguments: [contentHash],
      });
    const later = deletedAt === undefined ? [] : await store.get(successorsOf(contentHash, steps));
    const now = later.find((memory) => memory.deletedAt === undefined);
    if (now !== undefined)
      commands.push({
        command: 'edgeMemory.showMemory',
        title: vscode.l10n.t('$(history) Edited Since: Show the Memory of Now'),
        arguments: [now.contentHash],
      });
    return commands;
  }

  #stepsOf(contentHash: string): Promise<LineageStep[]> {
    const known = this.#histories.get(contentHash);
    if (known !== undefined) return known;
    const steps = this.#services.store.history(contentHash);
    this.#histories.set(contentHash, steps);
    steps.catch(() => this.#histories.delete(contentHash)); // the next one tries again
    return steps;
  }

  async #codeOf(memory: Memory): Promise<vscode.Command[]> {
    const states = await codeStatesOf(this.#services.projects, [memory]);
    const state = states.get(memory.contentHash);
    if (state === undefined || memory.deletedAt !== undefined) return [];
    const what = describeCodeState(state);
    const command = (name: string, title: string): vscode.Command => ({
      command: `edgeMemory.${name}`,
      title,
      arguments: [memory.contentHash],
    });
    if (what === undefined) return [command('showSource', vscode.l10n.t('$(go-to-file) Show Its Code'))];
    const isThere = state.kind !== 'missing';
    return [
      command('showSource', vscode.l10n.t('$(warning) Careful: {0}', what)),
      ...(isThere ? [command('updateFromCode', vscode.l10n.t('Update'))] : []),
      ...(isThere ? [command('stillTrue', vscode.l10n.t('Still True'))] : []),
      command('deleteMemory', vscode.l10n.t('Delete')),
    ];
  }
}

function fateOf({ contentHash, deletedAt, supersededBy }: Memory): vscode.Command[] {
  const commands: vscode.Command[] = [];
  if (deletedAt !== undefined)
    commands.push({
      command: 'edgeMemory.restoreMemory',
      title: vscode.l10n.t('$(discard) Deleted: Restore'),
      arguments: [contentHash],
    });
  if (supersededBy !== undefined)
    commands.push({
      command: 'edgeMemory.showMemory',
      title: vscode.l10n.t('$(history) Superseded: Show the Newer Memory'),
      arguments: [supersededBy],
    });
  return commands;
}
