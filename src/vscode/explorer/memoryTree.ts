import * as vscode from 'vscode';
import type { FacetKind, MemoryFilter, Page, PageRequest } from '../../memory/memory.ts';
import { describeError } from '../errors.ts';
import type { Services } from '../services.ts';
import {
  contentsOf,
  section,
  type FacetNode,
  type MemoryNode,
  type ParentNode,
  type SectionName,
  type TreeNode,
} from './nodes.ts';
import { treeItem } from './treeItem.ts';

export const PAGE = 50;
/** The store's own limit for one page. */
const LARGEST_PAGE = 1000;
/** Characters of a memory that a row and its tooltip show. */
const CONTENT_LIMIT = 600;

interface Rows<T> {
  readonly items: readonly T[];
  readonly more: boolean;
}

/** The store as a tree. Reads a page of a level when it is opened, and again whenever the store changes. */
export class MemoryTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<TreeNode | undefined>();
  /** How many rows a person has asked for, by the id of the parent. */
  readonly #wanted = new Map<string, number>();
  readonly #subscription: vscode.Disposable;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    this.#subscription = services.events.onDidChange(() => this.#changed.fire(undefined));
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return treeItem(node);
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.kind === 'section' ? undefined : node.parent;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    try {
      if (node === undefined) return await this.#sections();
      return node.kind === 'section' || node.kind === 'facet' ? await this.#rows(node) : [];
    } catch (error) {
      this.#services.log.error('The tree could not be read.', error instanceof Error ? error : String(error));
      const parent = node?.kind === 'section' || node?.kind === 'facet' ? node : undefined;
      return [{ kind: 'error', id: `${node?.id ?? ''}/error`, message: describeError(error), parent }];
    }
  }

  loadMore(parent: ParentNode): void {
    this.#wanted.set(parent.id, (this.#wanted.get(parent.id) ?? PAGE) + PAGE);
    this.#changed.fire(parent);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** Only the sections that have something; none at all shows the welcome view. */
  async #sections(): Promise<TreeNode[]> {
    const { store } = this.#services;
    const any = async (kind: FacetKind): Promise<boolean> =>
      (await store.facets(kind, { limit: 1 })).items.length > 0;
    const filled = await Promise.all([
      store.list({ limit: 1, contentLimit: 0 }).then((page) => page.items.length > 0),
      store
        .list({ limit: 1, contentLimit: 0, filter: { pinned: true } })
        .then((page) => page.items.length > 0),
      any('tags'),
      any('types'),
      any('projects'),
    ]);
    const names: readonly SectionName[] = ['recent', 'pinned', 'tags', 'types', 'projects'];
    const sections = names.filter((_, index) => filled[index]).map(section);
    // Else the welcome view would show for a moment before the first answer.
    void vscode.commands.executeCommand('setContext', 'edgeMemory.isEmpty', sections.length === 0);
    return sections;
  }

  async #rows(parent: ParentNode): Promise<TreeNode[]> {
    const contents = contentsOf(parent);
    const rows: Rows<TreeNode> = await ('facets' in contents
      ? this.#facets(parent, contents.facets)
      : this.#memories(parent, contents.memories));
    return rows.more ? [...rows.items, { kind: 'more', id: `${parent.id}/more`, parent }] : [...rows.items];
  }

  async #memories(parent: ParentNode, filter: MemoryFilter): Promise<Rows<MemoryNode>> {
    const { items, more } = await this.#read(parent, (page) =>
      this.#services.store.list({ ...page, filter, contentLimit: CONTENT_LIMIT }),
    );
    return {
      more,
      items: items.map((memory) => ({
        kind: 'memory',
        id: `${parent.id}/${memory.contentHash}`,
        memory,
        parent,
      })),
    };
  }

  async #facets(parent: ParentNode, facet: FacetKind): Promise<Rows<FacetNode>> {
    const { store } = this.#services;
    const [{ items, more }, local] = await Promise.all([
      this.#read(parent, (page) => store.facets(facet, page)),
      store.localProjects(),
    ]);
    return {
      more,
      items: items.map(({ name, count }) => ({
        kind: 'facet',
        id: `${parent.id}/${name}`,
        facet,
        name,
        count,
        localOnly: facet === 'projects' && local.includes(name),
        parent,
      })),
    };
  }

  /** As many rows as were asked for so far: one page at first. */
  async #read<T>(parent: ParentNode, read: (page: PageRequest) => Promise<Page<T>>): Promise<Rows<T>> {
    const wanted = this.#wanted.get(parent.id) ?? PAGE;
    const items: T[] = [];
    let after: string | undefined;
    do {
      const page = await read({ limit: Math.min(wanted - items.length, LARGEST_PAGE), after });
      items.push(...page.items);
      after = page.next;
    } while (after !== undefined && items.length < wanted);
    return { items, more: after !== undefined };
  }
}
