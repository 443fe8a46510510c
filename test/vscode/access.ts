import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestAccess } from '../../src/extension.ts';
import type { Memory, NewMemory, StoreResult } from '../../src/memory/memory.ts';
import type { Services } from '../../src/vscode/services.ts';

/** What the running extension works with. */
export async function services(): Promise<Services> {
  const extension = vscode.extensions.getExtension<TestAccess | undefined>('edge-memory.edge-memory');
  assert.ok(extension);
  const access = await extension.activate();
  assert.ok(access);
  return access.services;
}

export const run = <T>(command: string, ...args: readonly unknown[]): Thenable<T> =>
  vscode.commands.executeCommand<T>(`edgeMemory.${command}`, ...args);

/** Stores by the command, as a key binding would; answers the memory as it is kept. */
export async function stored(memory: NewMemory): Promise<Memory> {
  const { contentHash } = await run<StoreResult>('storeMemory', memory);
  return memoryOf(contentHash);
}

export async function memoryOf(contentHash: string): Promise<Memory> {
  const [memory] = await (await services()).store.get([contentHash]);
  assert.ok(memory);
  return memory;
}

/** The running extension's services with some methods of its store replaced. */
export async function servicesWith(methods: Partial<Services['store']>): Promise<Services> {
  const running = await services();
  const store = new Proxy(running.store, {
    get(target, name) {
      const member: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  return { ...running, store };
}

/** Nothing remembered, nothing deleted. */
export async function emptyStore(): Promise<void> {
  const { store } = await services();
  const hashes: string[] = [];
  for await (const { contentHash } of store.iterate({})) hashes.push(contentHash);
  await store.delete(hashes);
  for await (const { contentHash } of store.iterate({ state: 'deleted' })) hashes.push(contentHash);
  await store.purge(hashes);
}

/** The contents of all memories, sorted. */
export async function texts(): Promise<string[]> {
  const { items } = await (await services()).store.list({});
  return items.map(({ content }) => content).sort();
}

/** Waits until `check` answers something; a check that throws says why it never did. */
export async function eventually<T>(check: () => Promise<T> | T, patienceMs = 20_000): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

type Shown = 'showInformationMessage' | 'showWarningMessage' | 'showErrorMessage';

interface Answered {
  readonly texts: string[];
  /** What modal messages say below their text. */
  readonly details: string[];
  restore(): void;
}

/** Answers messages in a person's place until `restore`; `texts` are those that were shown. */
export function answerMessages(kind: Shown, answer?: string): Answered {
  const texts: string[] = [];
  const details: string[] = [];
  const original = vscode.window[kind];
  const replace = (value: unknown): void => {
    Object.assign(vscode.window, { [kind]: value });
  };
  replace((text: string, options?: vscode.MessageOptions | string) => {
    texts.push(text);
    if (typeof options === 'object' && options.detail !== undefined) details.push(options.detail);
    return Promise.resolve(answer);
  });
  return { texts, details, restore: () => replace(original) };
}
