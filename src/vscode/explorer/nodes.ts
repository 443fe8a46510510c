import type { FacetKind, Memory, MemoryFilter } from '../../memory/memory.ts';

export type SectionName = 'recent' | 'pinned' | FacetKind;

/** A heading of the tree. */
export interface SectionNode {
  readonly kind: 'section';
  readonly id: string;
  readonly section: SectionName;
}

/** A tag, type or project, with the memories that have it. */
export interface FacetNode {
  readonly kind: 'facet';
  readonly id: string;
  readonly facet: FacetKind;
  readonly name: string;
  readonly count: number;
  /** A project whose memories never leave this machine. */
  readonly localOnly: boolean;
  readonly parent: ParentNode;
}

export interface MemoryNode {
  readonly kind: 'memory';
  readonly id: string;
  readonly memory: Memory;
  readonly parent: ParentNode;
}

/** The row that loads the next page of its parent. */
export interface MoreNode {
  readonly kind: 'more';
  readonly id: string;
  readonly parent: ParentNode;
}

/** Why there are no rows. */
export interface ErrorNode {
  readonly kind: 'error';
  readonly id: string;
  readonly message: string;
  readonly parent: ParentNode | undefined;
}

export type ParentNode = SectionNode | FacetNode;
export type TreeNode = ParentNode | MemoryNode | MoreNode | ErrorNode;

export const section = (name: SectionName): SectionNode => ({ kind: 'section', id: name, section: name });

/** What lies below a node: memories, or the names of one kind. */
export type Contents = { readonly memories: MemoryFilter } | { readonly facets: FacetKind };

export function contentsOf(node: ParentNode): Contents {
  const key = node.kind === 'section' ? node.section : node.facet;
  if (key === 'recent') return { memories: {} };
  if (key === 'pinned') return { memories: { pinned: true } };
  if (node.kind === 'section') return { facets: key };
  switch (key) {
    case 'tags':
      return { memories: { tags: [node.name] } };
    case 'types':
      return { memories: { memoryType: node.name } };
    case 'projects':
      return { memories: { project: node.name } };
  }
}
