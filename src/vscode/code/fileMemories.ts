import * as vscode from 'vscode';
import type { Memory } from '../../memory/memory.ts';
import { belongsTo } from '../../memory/repositories.ts';
import type { Services } from '../services.ts';
import { pathOf } from './codePlace.ts';

/** Nobody reads more about one file. */
const LIMIT = 100;
/** Characters of a memory that a lens, a hover or a row shows. */
const CONTENT_LIMIT = 600;

/** The memories that refer to a file, newest first. */
export async function memoriesOfFile(
  { store, projects }: Pick<Services, 'store' | 'projects'>,
  file: vscode.Uri,
): Promise<readonly Memory[]> {
  const project = await projects.of(file);
  const sourcePath = pathOf(file, project);
  if (sourcePath === undefined || sourcePath === '') return [];
  const page = await store.list({ filter: { sourcePath }, limit: LIMIT, contentLimit: CONTENT_LIMIT });
  return page.items.filter((memory) => project === undefined || belongsTo(memory, project));
}

/** The same, read once until something changes. */
export class FileMemories implements vscode.Disposable {
  readonly #services: Services;
  readonly #known = new Map<string, Promise<readonly Memory[]>>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    this.#subscription = services.events.onDidChange(() => {
      this.#known.clear();
      this.#changed.fire();
    });
  }

  /** None where the store can't be read: who asked for them says why. */
  of(file: vscode.Uri): Promise<readonly Memory[]> {
    const key = file.toString();
    const known =
      this.#known.get(key) ??
      memoriesOfFile(this.#services, file).catch((error: unknown) => {
        this.#known.delete(key);
        this.#services.log.warn(`The memories of ${key} could not be read.`, error);
        return [];
      });
    this.#known.set(key, known);
    return known;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
