import { existsSync } from 'node:fs';
import type { CloudStore } from '../cloudflare/cloudStore.ts';
import type { LocalStore } from '../local/localStore.ts';
import { copyPlanned, planCopy } from '../memory/copying.ts';
import { MemoryError } from '../memory/errors.ts';
import type { Cli } from './cli.ts';
import { freePlanText } from './freePlan.ts';
import { isFreePlan } from './plan.ts';
import { inert } from './inertText.ts';
import { confirmed, counted, isAttended, note, progress } from './output.ts';
import { localChoice } from './storeChoice.ts';

export interface Copying {
  readonly cli: Cli;
  readonly to: CloudStore;
  /** What the database is called. */
  readonly name: string;
  /** True: --copy. False: --no-copy. */
  readonly wanted: boolean | undefined;
  /** Whether a person may be asked, where there is one. */
  readonly mayAsk: boolean;
}

/**
 * Copies the memories of this machine that may leave it, where that is wanted; answers how many were, or undefined
 * where none were to be. They stay here as well.
 */
export const copyFromHere = async (copying: Copying): Promise<number | undefined> => {
  const { cli, wanted } = copying;
  const { database } = localChoice(cli);
  if (wanted === false || !existsSync(database)) return undefined;
  const { openLocalStore } = await import('../local/openLocalStore.ts');
  const { weightsDirectory } = cli;
  const from = await openLocalStore({ database, weightsDirectory, background: false });
  try {
    return await copyFrom(from, copying);
  } finally {
    await from.close();
  }
};

const copyFrom = async (
  from: LocalStore,
  { cli, to, name, wanted, mayAsk }: Copying,
): Promise<number | undefined> => {
  const call = { signal: cli.signal };
  const plan = await planCopy(from, to, call);
  const movable = plan.missing.length;
  if (movable === 0) return wanted ? 0 : undefined;
  const memories = counted(movable, 'memory', 'memories');
  const asks = !wanted && mayAsk && isAttended();
  if ((wanted || asks) && isFreePlan(cli)) note(freePlanText(movable, to.model.dimensions));
  if (!wanted) {
    const question = `Copy ${memories} of this machine to ${inert(name)}? Those that are to stay on this machine are left out.`;
    if (!asks || !(await confirmed(question, cli.signal))) {
      note(`${memories} of this machine were not copied. To copy them: edge-memory connect --copy`);
      return undefined;
    }
  }
  let done = 0;
  try {
    return await copyPlanned(from, to, plan, {
      ...call,
      onBatch: (count) => {
        done = count;
        progress(`${counted(done, 'memory', 'memories')} of ${movable.toLocaleString('en')} copied …`);
      },
    });
  } catch (error) {
    progress('');
    const isAll = MemoryError.is(error, 'too-large') || MemoryError.is(error, 'invalid-input');
    note(
      `Connected; ${done.toLocaleString('en')} of ${memories} were copied${isAll ? '' : ' before it stopped'}. edge-memory connect --copy goes on.`,
    );
    throw error;
  } finally {
    progress('');
  }
};
