import * as vscode from 'vscode';
import type { EmbeddingProgress } from '../../memory/memory.ts';
import type { Services } from '../services.ts';
import { MemoryTree } from './memoryTree.ts';
import type { TreeNode } from './nodes.ts';

/** Fewer than this many are prepared before a message about them could be read. */
const WORTH_A_MESSAGE = 20;

export interface Explorer {
  readonly tree: MemoryTree;
  readonly view: vscode.TreeView<TreeNode>;
  dispose(): void;
}

export function registerExplorer(services: Services): Explorer {
  const tree = new MemoryTree(services);
  const view = vscode.window.createTreeView('edgeMemory.memories', {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
  });
  const embedding = services.events.onDidEmbed((progress) => {
    view.message = progressMessage(progress) ?? '';
  });
  return {
    tree,
    view,
    dispose: () => {
      embedding.dispose();
      view.dispose();
      tree.dispose();
    },
  };
}

const progressMessage = ({ embedded, pending }: EmbeddingProgress): string | undefined =>
  pending < WORTH_A_MESSAGE
    ? undefined
    : vscode.l10n.t(
        'Preparing search by meaning: {0} of {1}',
        embedded.toLocaleString(vscode.env.language),
        (embedded + pending).toLocaleString(vscode.env.language),
      );
