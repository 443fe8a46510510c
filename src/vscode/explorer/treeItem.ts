import * as vscode from 'vscode';
import { age } from '../age.ts';
import { labelOf, spoken, summary } from '../memoryText.ts';
import { oneLine } from '../plainText.ts';
import { dayLabel, wholeDate } from './dayLabel.ts';
import { rowUri } from './decorations.ts';
import type { DayNode, FacetNode, MemoryNode, SectionName, SectionNode, TagNode, TreeNode } from './nodes.ts';
import { number } from '../numbers.ts';

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
      return sectionItem(node);
    case 'day':
      return dayItem(node);
    case 'tag':
      return tagItem(node);
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
      // The label is short enough for a narrow sidebar.
      const label = vscode.l10n.t('Can not be read');
      const item = new vscode.TreeItem(label, None);
      item.description = node.message;
      item.accessibilityInformation = { label: `${label}: ${node.message}` };
      item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
      item.tooltip = node.message;
      item.command = { command: 'edgeMemory.refresh', title: vscode.l10n.t('Try again') };
      return item;
    }
  }
}

const icons: Record<SectionName, string> = {
  recent: 'history',
  pinned: 'pinned',
  tags: 'tag',
  types: 'layers',
  projects: 'repo',
  stays: 'lock',
  deleted: 'trash',
};

function sectionItem({ section, count }: SectionNode): vscode.TreeItem {
  const titles: Record<SectionName, string> = {
    recent: vscode.l10n.t('Recent'),
    pinned: vscode.l10n.t('Pinned'),
    tags: vscode.l10n.t('Tags'),
    types: vscode.l10n.t('Types'),
    projects: vscode.l10n.t('Projects'),
    stays: vscode.l10n.t('On This Machine'),
    deleted: vscode.l10n.t('Deleted'),
  };
  const open = section === 'recent' || section === 'pinned';
  const item = new vscode.TreeItem(titles[section], open ? Expanded : Collapsed);
  item.iconPath = new vscode.ThemeIcon(icons[section]);
  item.contextValue = section === 'deleted' ? 'section deletedSection' : 'section';
  if (count !== undefined) counted(item, titles[section], count);
  if (section === 'stays')
    item.tooltip = vscode.l10n.t('These are never uploaded. Searches find them beside those in Cloudflare.');
  if (section === 'deleted')
    item.tooltip = vscode.l10n.t('Deleted memories can be restored until they are deleted for good.');
  return item;
}

function dayItem({ day, first }: DayNode): vscode.TreeItem {
  const item = new vscode.TreeItem(dayLabel(day.from), first ? Expanded : Collapsed);
  item.iconPath = new vscode.ThemeIcon('calendar');
  item.contextValue = 'day';
  item.tooltip = wholeDate(day.from);
  return counted(item, wholeDate(day.from), day.count);
}

function tagItem({ branch }: TagNode): vscode.TreeItem {
  const level = oneLine(branch.name.slice(branch.name.lastIndexOf(':', branch.name.length - 2) + 1), 100);
  const item = new vscode.TreeItem(level || oneLine(branch.name, 100), Collapsed);
  item.iconPath = new vscode.ThemeIcon(icons.tags);
  item.contextValue = 'tag';
  const name = oneLine(branch.name, 100);
  if (branch.atMost && branch.count > 1) {
    item.tooltip = vscode.l10n.t(
      '#{0}: at most {1} memories; those that have several of its {2} tags are counted several times.',
      name,
      number(branch.count),
      number(branch.below + (branch.own > 0 ? 1 : 0)),
    );
    return counted(item, name, branch.count, vscode.l10n.t('at most {0}', number(branch.count)));
  }
  if (branch.count === 1) item.tooltip = vscode.l10n.t('#{0}: 1 memory', name);
  else if (branch.below === 0) item.tooltip = vscode.l10n.t('#{0}: {1} memories', name, number(branch.count));
  else
    item.tooltip = vscode.l10n.t(
      '#{0}: {1} memories, each counted once: {2} with this very tag, the others with one of the tags below it ({3}).',
      name,
      number(branch.count),
      number(branch.own),
      number(branch.below),
    );
  return counted(item, name, branch.count);
}

function facetItem(node: FacetNode): vscode.TreeItem {
  const item = new vscode.TreeItem(oneLine(node.name, 100), Collapsed);
  counted(item, oneLine(node.name, 100), node.count);
  if (node.localOnly)
    item.description = node.hasLeft
      ? vscode.l10n.t('{0} in Cloudflare · new ones stay on this machine', number(node.count))
      : vscode.l10n.t('{0} · on this machine', number(node.count));
  item.iconPath = new vscode.ThemeIcon(node.localOnly ? 'lock' : icons[node.facet]);
  item.contextValue = node.facet === 'projects' ? (node.localOnly ? 'project local' : 'project') : 'type';
  return item;
}

/** The number after the name; a screen reader says of what. */
function counted(
  item: vscode.TreeItem,
  name: string,
  count: number,
  shown: string = number(count),
): vscode.TreeItem {
  item.description = shown;
  const label =
    count === 1 ? vscode.l10n.t('{0}, 1 memory', name) : vscode.l10n.t('{0}, {1} memories', name, shown);
  item.accessibilityInformation = { label };
  return item;
}

function memoryItem(node: MemoryNode): vscode.TreeItem {
  const { memory } = node;
  const item = new vscode.TreeItem(labelOf(memory), None);
  const uri = rowUri(memory);
  if (uri) item.resourceUri = uri;
  const deleted = memory.deletedAt !== undefined;
  item.description =
    memory.deletedAt === undefined ? summary(memory) : vscode.l10n.t('deleted {0}', age(memory.deletedAt));
  item.iconPath = new vscode.ThemeIcon(
    deleted ? 'trash' : memory.localOnly ? 'lock' : memory.pinned ? 'pinned' : 'note',
  );
  item.contextValue = deleted
    ? 'deleted'
    : `memory${memory.pinned ? ' pinned' : ''}${memory.localOnly ? ' local' : ''}`;
  item.command = { command: 'edgeMemory.showMemory', title: vscode.l10n.t('Show Memory'), arguments: [node] };
  item.accessibilityInformation = { label: spoken(memory) };
  return item;
}
