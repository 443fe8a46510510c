import * as vscode from 'vscode';
import type { LocalStore } from '../../local/localStore.ts';
import type { CloudTarget } from '../../local/storeConfig.ts';
import type { Memory, NewMemory } from '../../memory/memory.ts';
import type { MemoryStore } from '../../memory/memoryStore.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { say } from '../say.ts';
import { number } from '../numbers.ts';
import { type Running, withProgress } from './progress.ts';

/** Memories that one batch stores: few requests, and little to repeat after a failure. */
const BATCH = 200;
/** Rows that D1 counts for a memory with a few tags; the free plan writes 100,000 a day. */
const ROWS_PER_MEMORY = 23;
const FREE_ROWS = 100_000;

/** Asks whether the memories of this machine should be in the account too, and copies them. */
export async function offerCopy(services: CommandServices, target: CloudTarget): Promise<void> {
  const movable = await countMovable(services.store);
  if (movable === 0) return;
  const copy = vscode.l10n.t('Copy');
  const days = Math.ceil((movable * ROWS_PER_MEMORY) / FREE_ROWS);
  const answer = await vscode.window.showInformationMessage(
    movable === 1
      ? vscode.l10n.t('Copy 1 memory of this machine to {0}?', target.database.name)
      : vscode.l10n.t('Copy {0} memories of this machine to {1}?', number(movable), target.database.name),
    {
      modal: true,
      detail: [
        vscode.l10n.t('They stay here as well. Those marked “Keep on This Machine” are not copied.'),
        ...(days > 1
          ? [
              vscode.l10n.t(
                'On the free plan this takes {0} days: it stops at the day’s limit, and Reconnect goes on.',
                days,
              ),
            ]
          : []),
      ].join(' '),
    },
    copy,
  );
  if (answer === copy) await copyMemories(services, target, movable);
}

export async function copyMemories(
  { store, connection }: CommandServices,
  target: CloudTarget,
  movable: number,
): Promise<number> {
  const from = store.embedded;
  const to = await store.active();
  // Only ever upwards, and only while connected to what was asked about.
  if (to === from || connection.target?.database.id !== target.database.id) return 0;
  const copied = await withProgress(vscode.l10n.t('Copying memories to Cloudflare'), (running) =>
    copyAll(from, to, movable, running),
  );
  say(copied === 1 ? vscode.l10n.t('1 memory copied') : vscode.l10n.t('{0} memories copied', number(copied)));
  return copied;
}

/** Safe to repeat: what is there already is merged with itself. */
async function copyAll(
  from: LocalStore,
  to: MemoryStore,
  movable: number,
  { signal, say: step }: Running,
): Promise<number> {
  let copied = 0;
  for await (const page of pagesOf(from, signal)) {
    const known = new Set((await to.get(hashesOf(page), { signal, priority: 'background' })).map(hashOf));
    const missing = page.filter((memory) => !known.has(memory.contentHash));
    const whole = await from.get(hashesOf(missing), { signal });
    // Marked meanwhile: asked again at the last moment.
    const leaving = whole.filter(({ localOnly, deletedAt }) => !localOnly && deletedAt === undefined);
    if (leaving.length > 0) await to.storeMany(leaving.map(asNew), { signal, priority: 'background' });
    copied += page.length;
    step(vscode.l10n.t('{0} of {1}', number(copied), number(movable)));
  }
  return copied;
}

/** How many may be copied; those of a single batch that are there already are left out. */
async function countMovable(store: CommandServices['store']): Promise<number> {
  let movable = 0;
  const hashes: string[] = [];
  for await (const page of pagesOf(store.embedded, undefined, 1000)) {
    movable += page.length;
    if (movable <= BATCH) hashes.push(...hashesOf(page));
  }
  if (movable === 0 || movable > BATCH) return movable;
  return movable - (await (await store.active()).get(hashes)).length;
}

/** Live memories that may leave the machine, oldest first. */
async function* pagesOf(
  from: LocalStore,
  signal: AbortSignal | undefined,
  limit = BATCH,
): AsyncGenerator<Memory[]> {
  let after: string | undefined;
  do {
    const page = await from.list({ order: 'oldest', limit, after, contentLimit: 0 }, { signal });
    const movable = page.items.filter(({ localOnly }) => !localOnly);
    if (movable.length > 0) yield movable;
    after = page.next;
  } while (after !== undefined);
}

const hashOf = ({ contentHash }: Memory): string => contentHash;
const hashesOf = (memories: readonly Memory[]): string[] => memories.map(hashOf);

const asNew = ({ content, tags, memoryType, metadata, createdAt, pinned, source }: Memory): NewMemory => ({
  content,
  tags,
  memoryType,
  metadata,
  createdAt,
  pinned,
  source,
});
