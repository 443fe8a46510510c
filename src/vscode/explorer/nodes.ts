import type { Day, FacetKind, Memory, MemoryFilter, TagBranch } from '../../memory/memory.ts';
import { tagPath } from '../../memory/tagTree.ts';

export type SectionName = 'recent' | 'pinned' | FacetKind | 'stays' | 'deleted';

/** A heading of the tree. */
export interface SectionNode {
  readonly kind: 'section';
  readonly id: string;
  readonly section: SectionName;
  /** How many memories are in it, where that is shown. */
  readonly count: number | undefined;
}

/** A calendar day with the memories of it. */
export interface DayNode {
  readonly kind: 'day';
  readonly id: string;
  readonly day: Day;
  /** The first of the list, which is open at the beginning. */
  readonly first: boolean;
  readonly parent: SectionNode;
}

/** A level of the tags: first the levels below it, then the memories that have this very tag. */
export interface TagNode {
  readonly kind: 'tag';
  readonly id: string;
  readonly branch: TagBranch;
  readonly parent: SectionNode | TagNode;
}

/** A type or a project, with the memories that have it. */
export interface FacetNode {
  readonly kind: 'facet';
  readonly id: string;
  readonly facet: Exclude<FacetKind, 'tags'>;
  readonly name: string;
  readonly count: number;
  /** A project whose memories never leave this machine. */
  readonly localOnly: boolean;
  /** Those counted lie in Cloudflare from before: only new ones stay on this machine. */
  readonly hasLeft: boolean;
  readonly parent: SectionNode;
}

export interface MemoryNode {
  readonly kind: 'memory';
  readonly id: string;
  readonly memory: Memory;
  readonly parent: ParentNode;
}

/** What a parent lists page by page: the memories in it, or the days and names below it. */
export type ListName = 'memories' | 'names';

/** The row that loads the next page of its parent. */
export interface MoreNode {
  readonly kind: 'more';
  readonly id: string;
  readonly list: ListName;
  readonly parent: ParentNode;
}

/** Why there are no rows. */
export interface ErrorNode {
  readonly kind: 'error';
  readonly id: string;
  readonly message: string;
  readonly parent: ParentNode | undefined;
}

export type ParentNode = SectionNode | DayNode | TagNode | FacetNode;
export type TreeNode = ParentNode | MemoryNode | MoreNode | ErrorNode;

export const isParent = (node: TreeNode): node is ParentNode =>
  node.kind === 'section' || node.kind === 'day' || node.kind === 'tag' || node.kind === 'facet';

export const section = (name: SectionName, count?: number): SectionNode => ({
  kind: 'section',
  id: name,
  section: name,
  count,
});

export const dayNode = (day: Day, first = false): DayNode => {
  const at = new Date(day.from * 1000);
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].join('-');
  return { kind: 'day', id: `recent/${date}`, day, first, parent: section('recent') };
};

export const tagNode = (branch: TagBranch): TagNode => ({
  kind: 'tag',
  id: `tags/${branch.name}`,
  branch,
  parent: parentOfTag(branch.name),
});

/** The levels above count whatever they do: VS Code knows them by their ids. */
const parentOfTag = (tag: string): SectionNode | TagNode => {
  const name = tagPath(tag).at(-2);
  return name === undefined ? section('tags') : tagNode({ name, count: 0, atMost: false, own: 0, below: 0 });
};

export const memoryNode = (memory: Memory, parent: ParentNode): MemoryNode => ({
  kind: 'memory',
  id: `${parent.id}/${memory.contentHash}`,
  memory,
  parent,
});

/** What somebody deleted, and may want back: an edit deletes too, what it replaced is among the earlier versions. */
export const DELETED: MemoryFilter = { state: 'deleted', replaced: false };

/** Which memories lie right below a node; undefined where none do. */
export function memoriesOf(node: ParentNode): MemoryFilter | undefined {
  switch (node.kind) {
    case 'day':
      return { time: { from: node.day.from, to: node.day.to } };
    case 'tag':
      return node.branch.own > 0 ? { tags: [node.branch.name] } : undefined;
    case 'facet':
      return node.facet === 'types' ? { memoryType: node.name } : { project: node.name };
    case 'section':
      if (node.section === 'pinned') return { pinned: true };
      if (node.section === 'stays') return { stays: true };
      return node.section === 'deleted' ? DELETED : undefined;
  }
}
