import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import type { MemoryNode, TreeNode } from './nodes.ts';

const VIEW = 'edgeMemory.memories';
/** VS Code's own name for what is dragged out of a tree. */
const ROWS = `application/vnd.code.tree.${VIEW.toLowerCase()}`;
const URIS = 'text/uri-list';

/** Memories dragged onto a tag, a type, a project, Pinned, Deleted or Recent, or into an editor; files dragged onto the tree. */
export class DragAndDrop implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dropMimeTypes = [ROWS, URIS];
  readonly dragMimeTypes = [URIS];
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  async handleDrag(source: readonly TreeNode[], data: vscode.DataTransfer): Promise<void> {
    const memories = source
      .filter((node): node is MemoryNode => node.kind === 'memory')
      .map(({ memory }) => memory);
    if (memories.length === 0) return;
    const hashes = memories.map(({ contentHash }) => contentHash);
    data.set(ROWS, new vscode.DataTransferItem(JSON.stringify(hashes)));
    const { documents } = this.#services;
    const uris = await Promise.all(memories.map((memory) => documents.uriOf(memory)));
    data.set(URIS, new vscode.DataTransferItem(uris.map((uri) => uri.toString()).join('\r\n')));
  }

  async handleDrop(target: TreeNode | undefined, data: vscode.DataTransfer): Promise<void> {
    try {
      const rows = await data.get(ROWS)?.asString();
      if (rows) {
        const { dropMemories } = await import('./drop.ts');
        await dropMemories(this.#services, JSON.parse(rows) as string[], target);
        return;
      }
      const files = urisIn((await data.get(URIS)?.asString()) ?? '').filter(
        ({ scheme }) => scheme !== 'edge-memory',
      );
      if (files.length === 0) return;
      const { storeFiles } = await import('../commands/storeFiles.ts');
      await storeFiles(this.#services, files);
    } catch (error) {
      this.#services.errors.show('A drop onto the tree failed.', error);
    }
  }
}

/** A line a URI; those that begin with `#` are comments. */
const urisIn = (list: string): vscode.Uri[] =>
  list
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => vscode.Uri.parse(line));
