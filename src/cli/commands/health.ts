import { styleText } from 'node:util';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { EXIT } from '../exitCodes.ts';
import { check, type HealthCheck } from '../healthCheck.ts';
import { inert } from '../inertText.ts';
import { withLocalStore } from '../openStore.ts';
import { answer, dim } from '../output.ts';
import { chooseStore, type StoreChoice } from '../storeChoice.ts';

export const addHealthCommand = (program: Command, cli: Cli): void => {
  program
    .command('health')
    .description('Try every part that the memories stand on, and say what to do where one fails')
    .action(async () => {
      const { backend, checks } = await examine(cli);
      const healthy = checks.every(({ state }) => state !== 'unhealthy');
      if (!healthy) process.exitCode = EXIT.nothingDone;
      const json = { healthy, backend, checks: checks.map(checkJson) };
      answer(cli, json, () => checks.map(checkText).join('\n'));
    });
};

interface Examination {
  readonly backend: StoreChoice['kind'] | null;
  readonly checks: readonly HealthCheck[];
}

const examine = async (cli: Cli): Promise<Examination> => {
  let choice: StoreChoice | undefined;
  const settings = await check(cli, 'settings', async () => {
    choice = await chooseStore(cli);
    return { detail: '', facts: {} };
  });
  // Which variable is missing, or that config.json makes no sense.
  if (choice === undefined) return { backend: null, checks: [settings] };
  if (choice.kind === 'cloudflare') {
    const { cloudHealth } = await import('../cloudHealth.ts');
    return { backend: choice.kind, checks: await cloudHealth(cli, choice.settings) };
  }
  return { backend: choice.kind, checks: await examineLocal(cli) };
};

const examineLocal = async (cli: Cli): Promise<readonly HealthCheck[]> => {
  let checks: readonly HealthCheck[] = [];
  const opening = await check(cli, 'file', async () => {
    const { localHealth } = await import('../localHealth.ts');
    await withLocalStore(cli, async (store) => {
      checks = await localHealth(cli, store);
    });
    return { detail: '', facts: {} };
  });
  return opening.state === 'unhealthy' ? [opening, ...checks] : checks;
};

const checkJson = ({ part, state, ms, detail, nextStep, facts }: HealthCheck) => ({
  part,
  state,
  ms,
  detail,
  next_step: nextStep ?? null,
  ...facts,
});

const SIGNS = { healthy: ['green', '✔'], warning: ['yellow', '!'], unhealthy: ['red', '✘'] } as const;

const checkText = ({ part, state, ms, detail, nextStep }: HealthCheck): string => {
  const [colour, sign] = SIGNS[state];
  const line = `${styleText(colour, sign)} ${part.padEnd(10)}  ${inert(detail)}  ${dim(`${ms} ms`)}`;
  return nextStep === undefined ? line : `${line}\n  ${' '.repeat(12)}${inert(nextStep)}`;
};
