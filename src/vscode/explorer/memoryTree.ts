import * as vscode from 'vscode';
import type { FacetKind, MemoryFilter, Page, PageRequest } from '../../memory/memory.ts';
import { describeError } from '../errors.ts';
import type { Services } from '../services.ts';
import { untilTomorrow } from './dayLabel.ts';
import {
  DELETED,
  dayNode,
  isParent,
  type ListName,
  memoriesOf,
  memoryNode,
  type MoreNode,
  type ParentNode,
  section,
  type SectionName,
  tagNode,
  type TreeNode,
} from './nodes.ts';
import { resolvedFilter } from './resolvedFilter.ts';
import { describeMemory } from './tooltip.ts';
import { treeItem } from './treeItem.ts';
import type { TreeOptions } from './treeOptions.ts';

export const PAGE = 50;
/** Days at first: their memories follow when they are opened. */
const DAYS = 14;
/** The store's own limit for one page. */
const LARGEST_PAGE = 1000;
/** Characters of a memory that a row and its tooltip show. */
export const CONTENT_LIMIT = 600;

/** The store as a tree. Reads a page of a level when it is opened, and again whenever the store changes. */
export class MemoryTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly options: TreeOptions;
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<TreeNode | undefined>();
  /** How many rows a person has asked for, by the list. */
  readonly #wanted = new Map<string, number>();
  readonly #subscriptions: vscode.Disposable;
  #tomorrow: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(services: Services, options: TreeOptions) {
    this.#services = services;
    this.options = options;
    const readAgain = (): void => this.#changed.fire(undefined);
    this.#subscriptions = vscode.Disposable.from(
      services.events.onDidChange(readAgain),
      options.onDidChange(() => {
        this.#wanted.clear();
        readAgain();
      }),
    );
    this.#awaitTomorrow();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return treeItem(node);
  }

  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    if (node.kind === 'memory') item.tooltip = describeMemory(node.memory);
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === 'section' ? undefined : node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    try {
      if (node === undefined) return await this.#sections();
      return isParent(node) ? await this.#rows(node) : [];
    } catch (error) {
      this.#services.log.error('The tree could not be read.', error instanceof Error ? error : String(error));
      const parent = node && isParent(node) ? node : undefined;
      return [{ kind: 'error', id: `${node?.id ?? ''}/error`, message: describeError(error), parent }];
    }
  }

  loadMore({ parent, list }: Pick<MoreNode, 'parent' | 'list'>): void {
    this.want(parent, list, this.#wantedOf(parent, list) + PAGE);
    this.#changed.fire(parent);
  }

  /** From now on the list shows at least so many rows. */
  want(parent: ParentNode, list: ListName, rows: number): void {
    this.#wanted.set(`${parent.id} ${list}`, Math.max(rows, this.#wantedOf(parent, list)));
  }

  dispose(): void {
    clearTimeout(this.#tomorrow);
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #wantedOf(parent: ParentNode, list: ListName): number {
    return this.#wanted.get(`${parent.id} ${list}`) ?? (parent.id === 'recent' ? DAYS : PAGE);
  }

  async #filtered(own: MemoryFilter = {}): Promise<MemoryFilter> {
    return resolvedFilter(await this.options.currentFilter(), own);
  }

  /** Only the sections that have something; none at all shows a welcome. */
  async #sections(): Promise<TreeNode[]> {
    const { store } = this.#services;
    const filter = await this.#filtered();
    const any = async (page: Promise<Page<unknown>>): Promise<boolean> => (await page).items.length > 0;
    const one = async (own: MemoryFilter) =>
      any(store.list({ limit: 1, contentLimit: 0, filter: await this.#filtered(own) }));
    // The first by name is there without counting the others.
    const named = (kind: FacetKind) => any(store.facets(kind, { limit: 1, order: 'name', filter }));
    // Without a connection all of them are on this machine.
    const isConnected = this.#services.connection.target !== undefined;
    const [recent, pinned, tags, types, projects, stays, deleted] = await Promise.all([
      one({}),
      one({ pinned: true }),
      named('tags'),
      named('types'),
      named('projects'),
      isConnected ? this.#filtered({ stays: true }).then((staying) => store.count(staying)) : 0,
      this.#filtered(DELETED).then((deleted) => store.count(deleted)),
    ]);
    const filled: readonly (readonly [SectionName, boolean | number])[] = [
      ['recent', recent],
      ['pinned', pinned],
      ['tags', tags],
      ['types', types],
      ['projects', projects],
      ['stays', stays],
      ['deleted', deleted],
    ];
    const sections = filled
      .filter(([, some]) => Boolean(some))
      .map(([name, some]) => section(name, typeof some === 'number' ? some : undefined));
    // Else the welcome view would show for a moment before the first answer.
    void vscode.commands.executeCommand('setContext', 'edgeMemory.isEmpty', sections.length === 0);
    return sections;
  }

  async #rows(parent: ParentNode): Promise<TreeNode[]> {
    const own = memoriesOf(parent);
    const [names, memories] = await Promise.all([
      this.#names(parent),
      own === undefined ? [] : this.#memories(parent, own),
    ]);
    return [...names, ...memories];
  }

  async #memories(parent: ParentNode, own: MemoryFilter): Promise<TreeNode[]> {
    const query = {
      filter: await this.#filtered(own),
      // What was deleted last is what one wants back.
      order: own.state === 'deleted' ? ('newest' as const) : this.options.order.memories,
      contentLimit: CONTENT_LIMIT,
    };
    return this.#read(
      parent,
      'memories',
      (page) => this.#services.store.list({ ...query, ...page }),
      (memory) => memoryNode(memory, parent),
    );
  }

  /** The days, tags, types or projects right below. */
  #names(parent: ParentNode): Promise<TreeNode[]> | readonly TreeNode[] {
    if (parent.kind === 'tag') return parent.branch.below > 0 ? this.#tags(parent, parent.branch.name) : [];
    if (parent.kind !== 'section') return [];
    switch (parent.section) {
      case 'recent':
        return this.#days(parent);
      case 'tags':
        return this.#tags(parent, undefined);
      case 'types':
      case 'projects':
        return this.#facets(parent, parent.section);
      case 'pinned':
      case 'stays':
      case 'deleted':
        return [];
    }
  }

  async #days(parent: ParentNode): Promise<TreeNode[]> {
    const query = { filter: await this.#filtered(), order: this.options.order.memories };
    return this.#read(
      parent,
      'names',
      (page) => this.#services.store.days({ ...query, ...page }),
      (day, i) => dayNode(day, i === 0),
    );
  }

  async #tags(parent: ParentNode, above: string | undefined): Promise<TreeNode[]> {
    const query = { filter: await this.#filtered(), order: this.options.order.names, parent: above };
    return this.#read(
      parent,
      'names',
      (page) => this.#services.store.tagTree({ ...query, ...page }),
      tagNode,
    );
  }

  async #facets(parent: ParentNode, facet: 'types' | 'projects'): Promise<TreeNode[]> {
    const { store, connection } = this.#services;
    const query = { filter: await this.#filtered(), order: this.options.order.names };
    const local = facet === 'projects' ? await store.localProjects() : [];
    return this.#read(
      parent,
      'names',
      (page) => store.facets(facet, { ...query, ...page }),
      ({ name, count }) => ({
        kind: 'facet',
        id: `${facet}/${name}`,
        facet,
        name,
        count,
        localOnly: local.includes(name),
        hasLeft: connection.target !== undefined,
        parent: section(facet),
      }),
    );
  }

  /** As many rows as were asked for so far: one page at first. */
  async #read<T>(
    parent: ParentNode,
    list: ListName,
    read: (page: PageRequest) => Promise<Page<T>>,
    draw: (item: T, index: number) => TreeNode,
  ): Promise<TreeNode[]> {
    const wanted = this.#wantedOf(parent, list);
    const items: T[] = [];
    let after: string | undefined;
    do {
      const page = await read({ limit: Math.min(wanted - items.length, LARGEST_PAGE), after });
      items.push(...page.items);
      after = page.next;
    } while (after !== undefined && items.length < wanted);
    const rows = items.map(draw);
    return after === undefined
      ? rows
      : [...rows, { kind: 'more', id: `${parent.id}/more-${list}`, list, parent }];
  }

  /** “Today” is another day then. */
  #awaitTomorrow(): void {
    this.#tomorrow = setTimeout(() => {
      this.#changed.fire(undefined);
      this.#awaitTomorrow();
    }, untilTomorrow() + 1000);
    this.#tomorrow.unref();
  }
}
