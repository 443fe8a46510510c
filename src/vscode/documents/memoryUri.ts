import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Memory } from '../../memory/memory.ts';
import { firstLine } from '../plainText.ts';

export const SCHEME = 'edge-memory';

/** Documents of memories, for the parts of VS Code that ask which documents are meant. */
export const MEMORY_DOCUMENTS: vscode.DocumentSelector = { scheme: SCHEME };

const NEW = 'new-';
const VERSION = 'version-';

/**
 * `edge-memory:/edge-memory/<key>/<first line>`: the name is for the tab only. By its path VS Code takes the
 * document for the language `edge-memory` of package.json: Markdown's colours without its links, since in an
 * editor of the language `markdown` a Ctrl+click on `[text](command:…)` runs that command.
 *
 * The key is the hash that the memory had when it was opened. An edited text has another hash, but a document that
 * changed its URI would lose its tab, its undo steps and what is not saved; so the key stays, and leads through the
 * memory's lineage to what it has become.
 */
export const memoryUri = (memory: Memory): vscode.Uri => uriOf(memory.contentHash, nameOf(memory));

/**
 * A URI of its own for this very version: another document may have the memory's own key and show what the memory was
 * edited to. A version that lives is followed from then on, as every memory is.
 */
export const versionUri = (memory: Memory): vscode.Uri =>
  uriOf(`${VERSION}${memory.contentHash}-${randomUUID()}`, nameOf(memory));

/** The URI of a memory that is not stored yet. */
export const newMemoryUri = (): vscode.Uri => uriOf(NEW + randomUUID(), vscode.l10n.t('New Memory'));

const nameOf = (memory: Memory): string =>
  firstLine(memory.content, 50)
    .replace(/[\\/:*?"<>|#%\u200b]+/gu, ' ')
    .trim() || 'memory';

const uriOf = (key: string, name: string): vscode.Uri =>
  vscode.Uri.from({ scheme: SCHEME, path: `/edge-memory/${key}/${name}` });

/** Undefined for every other document, and for the folders above a memory's. */
export const keyOf = (uri: vscode.Uri): string | undefined => {
  const [, , key, name] = uri.path.split('/');
  return uri.scheme === SCHEME && name !== undefined ? key : undefined;
};

export const isNew = (key: string): boolean => key.startsWith(NEW);

/** Means the version that it names until that lives. */
export const isVersion = (key: string): boolean => key.startsWith(VERSION);

/** The hash that the memory of a key had when it was opened; undefined where it was not stored yet. */
export const hashIn = (key: string): string | undefined =>
  isNew(key) ? undefined : isVersion(key) ? key.split('-')[1] : key;
