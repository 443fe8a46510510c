import * as vscode from 'vscode';
import type { Memory } from '../../memory/memory.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';
import type { Projects } from '../projects.ts';
import { SessionKeys } from './keys.ts';
import { liveSuccessorOf } from './lineage.ts';
import { memoryMarkdown, newMemoryMarkdown } from './memoryMarkdown.ts';
import { hashIn, isNew, isVersion, keyOf, memoryUri, SCHEME, versionUri } from './memoryUri.ts';
import { asFileError, save } from './saving.ts';

/** VS Code asks for a file's state and then for its text: both come from one reading. Milliseconds. */
const FRESH = 300;

interface Reading {
  readonly at: number;
  readonly memory: Promise<Memory | undefined>;
}

export interface MemoryFilesOptions {
  readonly store: MemoryStore;
  readonly projects: Projects;
  readonly state: vscode.Memento;
  readonly tagWithProject: () => boolean;
}

/** Memories as files that VS Code opens, edits and saves, with its own undo, backups and comparison of conflicts. */
export class MemoryFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #options: MemoryFilesOptions;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #keys: SessionKeys;
  readonly #readings = new Map<string, Reading>();
  readonly #versions = new Map<string, { readonly size: number; readonly mtime: number }>();
  /** Saved documents that may still show something else than what was made of it: `Docker` where `docker` is kept. */
  readonly #unsettled = new Set<string>();

  readonly onDidChangeFile = this.#changed.event;

  constructor(options: MemoryFilesOptions) {
    this.#options = options;
    this.#keys = new SessionKeys(options.state);
  }

  /** The hash that the memory of a document has by now; undefined for other documents and for what is not stored. */
  hashOf(uri: vscode.Uri): string | undefined {
    const key = keyOf(uri);
    return key === undefined ? undefined : this.#keys.hashOf(key);
  }

  /** The memory of a document as it is now, deleted ones too. */
  memoryOf(uri: vscode.Uri): Promise<Memory | undefined> {
    const key = keyOf(uri);
    return key === undefined ? Promise.resolve(undefined) : this.#read(key);
  }

  /** The open document that shows the memory, whatever hash it was opened by; else one that shows it and no other. */
  async uriOf(memory: Memory): Promise<vscode.Uri> {
    const { contentHash, deletedAt } = memory;
    const open = openUris();
    for (const uri of open.filter((one) => this.hashOf(one) === contentHash))
      if ((await this.memoryOf(uri))?.contentHash === contentHash) return uri;
    const own = memoryUri(memory);
    // Its own key would lead from a deleted version to the later ones, or may be another document's.
    if (deletedAt !== undefined || open.some((uri) => keyOf(uri) === contentHash)) return versionUri(memory);
    this.#keys.forget(contentHash);
    this.#readings.delete(contentHash);
    return own;
  }

  /** Makes VS Code read again what it shows. */
  refresh(): void {
    this.#readings.clear();
    const changes = memoryDocuments().map(({ uri }) => ({ type: vscode.FileChangeType.Changed, uri }));
    if (changes.length > 0) this.#changed.fire(changes);
  }

  /** VS Code has taken note of its saving: from now on it may see what became of the text. */
  settle(uri: vscode.Uri): void {
    const key = keyOf(uri);
    if (key !== undefined && this.#unsettled.delete(key))
      this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const key = keyOf(uri);
    if (key === undefined) return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    // Saving asks for the state first: a reading from before another's change would let it be overwritten.
    if (isDirty(uri)) this.#readings.delete(key);
    const memory = await this.#shown(key, uri);
    const { size, mtime } = this.#versionOf(key, memory, await this.#text(key, memory));
    const file = { type: vscode.FileType.File, ctime: (memory?.createdAt ?? 0) * 1000, mtime, size };
    if (this.#unsettled.has(key)) return { ...file, size: size + 1 };
    if (memory === undefined || !isReadOnly(memory)) return file;
    // What is being written is never locked away, nor compared with nothing: saving asks what is meant.
    return isDirty(uri) ? { ...file, mtime: 0 } : { ...file, permissions: vscode.FilePermission.Readonly };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const key = keyOf(uri);
    if (key === undefined) throw vscode.FileSystemError.FileIsADirectory(uri);
    const memory = await this.#shown(key, uri);
    return new TextEncoder().encode(await this.#text(key, memory));
  }

  async writeFile(uri: vscode.Uri, bytes: Uint8Array): Promise<void> {
    const key = keyOf(uri);
    if (key === undefined) throw vscode.FileSystemError.NoPermissions(uri);
    this.#readings.delete(key);
    const text = new TextDecoder().decode(bytes);
    try {
      const memory = await save(this.#options.store, text, await this.#read(key));
      this.#keys.set(key, memory.contentHash);
      this.#readings.set(key, { at: Date.now(), memory: Promise.resolve(memory) });
      const { size } = this.#versionOf(key, memory, memoryMarkdown(memory));
      if (size !== fingerprint(text)) this.#unsettled.add(key);
    } catch (error) {
      throw asFileError(error);
    }
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(): void {
    // Every folder that a memory's path may name is there.
  }

  delete(): never {
    throw notAFile(vscode.l10n.t('Use “Delete Memory”.'));
  }

  rename(): never {
    throw notAFile(vscode.l10n.t('A memory has no name. Its tab is called after its first line.'));
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** Rejects where there is none, but for a memory that is still to be stored. */
  async #shown(key: string, uri: vscode.Uri): Promise<Memory | undefined> {
    const memory = await this.#read(key).catch((error: unknown) => {
      throw asFileError(error);
    });
    if (memory === undefined && !isNew(key)) throw vscode.FileSystemError.FileNotFound(uri);
    return memory;
  }

  #read(key: string): Promise<Memory | undefined> {
    const known = this.#readings.get(key);
    if (known && Date.now() - known.at < FRESH) return known.memory;
    const memory = this.#find(key);
    this.#readings.set(key, { at: Date.now(), memory });
    memory.catch(() => this.#readings.delete(key));
    return memory;
  }

  /** The memory that the document has shown last, or what it was edited to elsewhere. */
  async #find(key: string): Promise<Memory | undefined> {
    const { store } = this.#options;
    const hash = this.#keys.hashOf(key);
    if (hash === undefined) return undefined;
    const [memory] = await store.get([hash]);
    if (memory && memory.deletedAt === undefined) {
      if (isVersion(key)) this.#keys.set(key, hash);
      return memory;
    }
    if (!this.#keys.follows(key)) return memory;
    // The first version may live again where the later ones are gone.
    const successor = await liveSuccessorOf(store, hash, [hashIn(key) ?? hash]);
    if (successor) this.#keys.set(key, successor.contentHash);
    return successor ?? memory;
  }

  async #text(key: string, memory: Memory | undefined): Promise<string> {
    if (memory) return memoryMarkdown(memory);
    const { projects, tagWithProject } = this.#options;
    const project = isNew(key) && tagWithProject() ? await projects.current() : undefined;
    return newMemoryMarkdown(project?.name);
  }

  /**
   * VS Code takes a text for newer where its time is later and its size another one. Times of several machines don't
   * agree, and a tag may give way to one of the same length: so every other text gets a later time and another size.
   */
  #versionOf(key: string, memory: Memory | undefined, text: string): { size: number; mtime: number } {
    const size = fingerprint(text);
    const known = this.#versions.get(key);
    if (known?.size === size) return known;
    const mtime = Math.max(Math.round((memory?.updatedAt ?? 0) * 1000), (known?.mtime ?? -1) + 1);
    const version = { size, mtime };
    this.#versions.set(key, version);
    return version;
  }
}

export const memoryDocuments = (): vscode.TextDocument[] =>
  vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === SCHEME);

/** Documents that are open, also in tabs that were not looked at since the window opened. */
function openUris(): vscode.Uri[] {
  const inTabs = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) =>
      input instanceof vscode.TabInputText
        ? [input.uri]
        : input instanceof vscode.TabInputTextDiff
          ? [input.original, input.modified]
          : [],
    ),
  );
  return [...memoryDocuments().map(({ uri }) => uri), ...inTabs.filter(({ scheme }) => scheme === SCHEME)];
}

const isDirty = (uri: vscode.Uri): boolean =>
  memoryDocuments().some((document) => document.isDirty && document.uri.toString() === uri.toString());

/** A text of which only the beginning is known must not replace the whole. */
const isReadOnly = ({ deletedAt, truncated }: Memory): boolean => deletedAt !== undefined || truncated;

/** About the length of a text, and another number for nearly every other text. */
function fingerprint(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0;
  return text.length + (sum & 0xffff) * 2;
}

const notAFile = (message: string): vscode.FileSystemError => vscode.FileSystemError.NoPermissions(message);
