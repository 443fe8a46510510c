import { FREE_PLAN, planNeed } from '../cloudflare/planLimits.ts';
import { linesIn } from './input.ts';
import { note } from './output.ts';

/** Fewer than these are not worth a word about the plan. */
const MANY = 100;

const number = (value: number): string => value.toLocaleString('en');

/**
 * What the free plan allows, said before many memories go to Cloudflare; which plan an account has, the API does not
 * tell. `memories`: undefined where their number is not known yet.
 */
export const freePlanText = (memories: number | undefined, dimensions: number | undefined): string => {
  const { rows, days, vectorsHeld } = planNeed(memories ?? 1, dimensions);
  const allowed = `The free plan allows ${number(FREE_PLAN.rowsWrittenPerDay)} written rows a day and holds ${number(vectorsHeld)} vectors`;
  if (memories === undefined)
    return `${allowed}: a memory writes about ${rows} rows, and adds at least one vector.`;
  return [
    `${allowed}: this writes about ${number(rows)} rows and adds at least ${number(memories)} vectors.`,
    ...(days > 1
      ? [`That takes ${days} days: it stops at the day’s limit, and running it again goes on.`]
      : []),
    ...(memories > vectorsHeld ? ['What has no place for its vector is found by keyword only.'] : []),
  ].join(' ');
};

/** The same before the lines of a file are stored; nothing where they are few. */
export const sayFreePlan = async (file: string, dimensions: number, signal: AbortSignal): Promise<void> => {
  const lines = await linesIn(file, signal);
  if (lines === undefined || lines > MANY) note(freePlanText(lines, dimensions));
};
