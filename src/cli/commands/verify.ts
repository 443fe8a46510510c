import type { Command } from 'commander';
import type { VerifyProblem, VerifyReport } from '../../memory/memory.ts';
import type { Cli } from '../cli.ts';
import { embedAll } from '../embedding.ts';
import { EXIT } from '../exitCodes.ts';
import { headline } from '../inertText.ts';
import { type OpenStore, withStore } from '../openStore.ts';
import { isFreePlan } from '../plan.ts';
import { answer, counted, dim, progress } from '../output.ts';

const WORDS: Readonly<Record<VerifyProblem['kind'], readonly [one: string, many: string]>> = {
  'missing-vector': ['memory has no vector', 'memories have no vector'],
  'orphan-vector': ['vector has no memory', 'vectors have no memory'],
  'wrong-tags-text': ['memory lists other tags than it has', 'memories list other tags than they have'],
  'orphan-tag': ['tag has no memory', 'tags have no memory'],
  'missing-object': ['memory lacks its large content', 'memories lack their large content'],
  'orphan-object': ['large content has no memory', 'large contents have no memory'],
  'missing-full-text': ['memory is not in the full text', 'memories are not in the full text'],
};

export const addVerifyCommands = (program: Command, cli: Cli): void => {
  program
    .command('verify')
    .description('Compare the memories with what is derived from them; changes nothing')
    .action(() =>
      withStore(cli, async (store) => {
        const report = await store.verify({ signal: cli.signal });
        if (report.problems.length > 0) process.exitCode = EXIT.nothingDone;
        answer(cli, report, () => reportText(report, 'Mend it with: edge-memory repair'));
      }),
    );

  program
    .command('repair')
    .description('Mend what verify finds, and compute the vectors that are missing')
    .action(() =>
      withStore(cli, async (store, open) => {
        const found = await store.verify({ signal: cli.signal });
        const { left, pending } = await mend(cli, open, found);
        if (left.problems.length > 0 || pending > 0) process.exitCode = EXIT.nothingDone;
        answer(cli, { found: found.problems, left: left.problems, pending }, () =>
          [
            reportText(found, ''),
            ...(found.problems.length > 0 && left.problems.length === 0 ? ['Mended.'] : []),
            ...(left.problems.length > 0 ? [`What is left:\n${reportText(left, '')}`] : []),
            ...(pending > 0 ? [waitingText(pending, open.kind === 'cloudflare' && isFreePlan(cli))] : []),
          ].join('\n'),
        );
      }),
    );
};

const waitingText = (pending: number, limited: boolean): string =>
  `${counted(pending, 'memory', 'memories')} found by keyword only${limited ? ': over the limit of the free plan (on a paid one, add --paid-plan)' : ', until: edge-memory embed'}.`;

/** A repair in Cloudflare computes vectors itself, as far as the plan has room; on this machine they wait in line. */
const mend = async (
  cli: Cli,
  open: OpenStore,
  found: VerifyReport,
): Promise<{ left: VerifyReport; pending: number }> => {
  const call = { signal: cli.signal };
  const { kind, store } = open;
  const waiting = async () => (await store.stats(call)).embedding.pending;
  const isDue = found.problems.length > 0 || (kind === 'cloudflare' && (await waiting()) > 0);
  const left = isDue
    ? await store.repair({
        ...call,
        onProgress: (done, all) =>
          progress(`Mending: ${done.toLocaleString('en')} of ${counted(all, 'memory', 'memories')} …`),
      })
    : found;
  progress('');
  return { left, pending: kind === 'local' ? (await embedAll(cli, open)).pending : await waiting() };
};

const problemText = ({ kind, count, examples }: VerifyProblem): string => {
  const [one, many] = WORDS[kind];
  const names = examples.map((name) => headline(name, 16)).join(', ');
  return `${counted(count, one, many)}  ${dim(count > examples.length ? `${names}, …` : names)}`;
};

const reportText = ({ checked, problems }: VerifyReport, advice: string): string => {
  const memories = counted(checked, 'memory', 'memories');
  if (problems.length === 0) return `${memories} checked; everything is as it should be.`;
  return [`${memories} checked.`, ...problems.map(problemText), ...(advice === '' ? [] : [advice])].join(
    '\n',
  );
};
