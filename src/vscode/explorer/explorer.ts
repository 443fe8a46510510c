import * as vscode from 'vscode';
import type { EmbeddingProgress } from '../../memory/memory.ts';
import { oneLine } from '../plainText.ts';
import type { Services } from '../services.ts';
import { registerDecorations } from './decorations.ts';
import { DragAndDrop } from './dragAndDrop.ts';
import { MemoryTree } from './memoryTree.ts';
import type { TreeNode } from './nodes.ts';
import { type TreeFilter, TreeOptions } from './treeOptions.ts';
import { number } from '../numbers.ts';

/** Fewer than this many are prepared before a message about them could be read. */
const WORTH_A_MESSAGE = 20;

export interface Explorer {
  readonly tree: MemoryTree;
  readonly view: vscode.TreeView<TreeNode>;
  dispose(): void;
}

export function registerExplorer(services: Services): Explorer {
  const options = new TreeOptions(services.context);
  const tree = new MemoryTree(services, options);
  const view = vscode.window.createTreeView('edgeMemory.memories', {
    treeDataProvider: tree,
    dragAndDropController: new DragAndDrop(services),
    canSelectMany: true,
    showCollapseAll: true,
  });
  let progress: EmbeddingProgress | undefined;
  const showMessage = (): void => {
    const { filter } = options;
    view.message = [
      ...(filter === undefined ? [] : [vscode.l10n.t('Filtered by {0}', filterText(filter))]),
      ...(progress === undefined ? [] : [progressMessage(progress)]),
    ].join(' · ');
  };
  showMessage();
  const disposables = vscode.Disposable.from(
    view,
    tree,
    options,
    registerDecorations(),
    options.onDidChange(showMessage),
    view.onDidChangeSelection(({ selection }) => {
      const tag = selection.length === 1 && selection[0]?.kind === 'tag';
      void vscode.commands.executeCommand('setContext', 'edgeMemory.selectedTag', tag);
    }),
    services.events.onDidEmbed((embedding) => {
      progress = embedding.pending < WORTH_A_MESSAGE ? undefined : embedding;
      showMessage();
      // On this machine that is a matter of moments.
      view.badge = services.connection.target === undefined ? undefined : waitingBadge(embedding.pending);
    }),
  );
  return {
    tree,
    view,
    dispose: () => {
      disposables.dispose();
    },
  };
}

/** `payments · decision · #sqlite · last week` */
const filterText = ({ tags = [], memoryType, project, timeText }: TreeFilter): string =>
  [
    ...(project === undefined ? [] : [oneLine(project, 30)]),
    ...(memoryType === undefined ? [] : [oneLine(memoryType, 30)]),
    ...tags.map((tag) => `#${oneLine(tag, 30)}`),
    ...(timeText === undefined ? [] : [oneLine(timeText, 30)]),
  ].join(' · ');

/** What has not arrived where it is to be found from every machine; undefined: everything has. */
export const waitingBadge = (waiting: number): vscode.ViewBadge | undefined =>
  waiting === 0
    ? undefined
    : {
        value: waiting,
        tooltip:
          waiting === 1
            ? vscode.l10n.t('1 memory waits to be prepared for search by meaning in Cloudflare')
            : vscode.l10n.t(
                '{0} memories wait to be prepared for search by meaning in Cloudflare',
                number(waiting),
              ),
      };

const progressMessage = ({ embedded, pending }: EmbeddingProgress): string =>
  vscode.l10n.t('Preparing search by meaning: {0} of {1}', number(embedded), number(embedded + pending));
