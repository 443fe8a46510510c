import * as vscode from 'vscode';
import type { MemoryFilter } from '../../memory/memory.ts';

export interface TreeOrder {
  readonly memories: 'newest' | 'oldest';
  /** Tags, types and projects. */
  readonly names: 'count' | 'name';
}

/** What the tree can be narrowed by. */
export type TreeFilter = Pick<MemoryFilter, 'tags' | 'memoryType' | 'project' | 'time'> & {
  /** What was typed in place of `time`, such as “last week”: it means another week when it is read later. */
  readonly timeText?: string | undefined;
};

const ORDER = 'explorer.order';
const FILTER = 'explorer.filter';

/** How the tree is sorted and filtered. The order is remembered everywhere, the filter with the workspace. */
export class TreeOptions implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  readonly #changed = new vscode.EventEmitter<void>();

  readonly onDidChange = this.#changed.event;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
    this.#tellMenus();
  }

  get order(): TreeOrder {
    return { memories: 'newest', names: 'count', ...this.#context.globalState.get<TreeOrder>(ORDER) };
  }

  /** Undefined where nothing is left out. */
  get filter(): TreeFilter | undefined {
    return this.#context.workspaceState.get<TreeFilter>(FILTER);
  }

  /** The same with the time that its text means now. Rejects where that is not understood. */
  async currentFilter(): Promise<TreeFilter | undefined> {
    const { filter } = this;
    if (filter?.timeText === undefined) return filter;
    const { parseTimeRange } = await import('../../memory/timeExpression.ts');
    return { ...filter, time: parseTimeRange(filter.timeText).range };
  }

  async sort(order: TreeOrder): Promise<void> {
    await this.#context.globalState.update(ORDER, order);
    this.#changed.fire();
  }

  async narrow(filter: TreeFilter | undefined): Promise<void> {
    const empty = filter === undefined || Object.values(filter).every((value) => value === undefined);
    await this.#context.workspaceState.update(FILTER, empty ? undefined : filter);
    this.#tellMenus();
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #tellMenus(): void {
    void vscode.commands.executeCommand('setContext', 'edgeMemory.filtered', this.filter !== undefined);
  }
}
