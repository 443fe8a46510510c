import * as vscode from 'vscode';
import type { FacetKind } from '../../memory/memory.ts';
import { labelOf, spoken, summary } from '../memoryText.ts';
import { inert, oneLine } from '../plainText.ts';
import type { FacetNode, MemoryNode, SectionName, TreeNode } from './nodes.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** How VS Code draws a node. The ids stay the same from one reading to the next, so what was expanded stays so. */
export function treeItem(node: TreeNode): vscode.TreeItem {
  const item = draw(node);
  item.id = node.id;
  return item;
}

function draw(node: TreeNode): vscode.TreeItem {
  switch (node.kind) {
    case 'section':
      return sectionItem(node.section);
    case 'facet':
      return facetItem(node);
    case 'memory':
      return memoryItem(node);
    case 'more': {
      const item = new vscode.TreeItem(vscode.l10n.t('Load more…'), None);
      item.iconPath = new vscode.ThemeIcon('ellipsis');
      item.command = {
        command: 'edgeMemory.loadMore',
        title: vscode.l10n.t('Load more…'),
        arguments: [node],
      };
      return item;
    }
    case 'error': {
      const item = new vscode.TreeItem(node.message, None);
      item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
      item.tooltip = node.message;
      item.command = { command: 'edgeMemory.refresh', title: vscode.l10n.t('Try again') };
      return item;
    }
  }
}

const sectionIcons: Record<SectionName, string> = {
  recent: 'history',
  pinned: 'pinned',
  tags: 'tag',
  types: 'symbol-class',
  projects: 'repo',
};

function sectionItem(section: SectionName): vscode.TreeItem {
  const titles: Record<SectionName, string> = {
    recent: vscode.l10n.t('Recent'),
    pinned: vscode.l10n.t('Pinned'),
    tags: vscode.l10n.t('Tags'),
    types: vscode.l10n.t('Types'),
    projects: vscode.l10n.t('Projects'),
  };
  const item = new vscode.TreeItem(
    titles[section],
    section === 'recent' || section === 'pinned' ? Expanded : Collapsed,
  );
  item.iconPath = new vscode.ThemeIcon(sectionIcons[section]);
  item.contextValue = 'section';
  return item;
}

const facetIcons: Record<FacetKind, string> = { tags: 'tag', types: 'symbol-class', projects: 'repo' };

function facetItem(node: FacetNode): vscode.TreeItem {
  const item = new vscode.TreeItem(oneLine(node.name, 100), Collapsed);
  const count = node.count.toLocaleString(vscode.env.language);
  item.description = node.localOnly ? vscode.l10n.t('{0} · on this machine', count) : count;
  item.iconPath = new vscode.ThemeIcon(node.localOnly ? 'lock' : facetIcons[node.facet]);
  item.contextValue = node.facet === 'projects' ? (node.localOnly ? 'project local' : 'project') : node.facet;
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0}, {1} memories', oneLine(node.name, 100), count),
  };
  return item;
}

function memoryItem(node: MemoryNode): vscode.TreeItem {
  const { memory } = node;
  const item = new vscode.TreeItem(labelOf(memory), None);
  item.description = summary(memory);
  item.iconPath = new vscode.ThemeIcon(memory.localOnly ? 'lock' : memory.pinned ? 'pinned' : 'note');
  item.contextValue = `memory${memory.pinned ? ' pinned' : ''}${memory.localOnly ? ' local' : ''}`;
  // appendText escapes markup, all but links in angle brackets.
  const text = inert(memory.truncated ? `${memory.content}…` : memory.content);
  item.tooltip = new vscode.MarkdownString().appendText(text);
  item.command = { command: 'edgeMemory.showMemory', title: vscode.l10n.t('Show Memory'), arguments: [node] };
  item.accessibilityInformation = { label: spoken(memory) };
  return item;
}
