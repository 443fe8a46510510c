import { FREE_PLAN } from '../cloudflare/planLimits.ts';
import type { Cli } from './cli.ts';

export const isFreePlan = (cli: Cli): boolean =>
  !(cli.options().paidPlan ?? /^(1|true|yes)$/i.test(process.env['EDGE_MEMORY_PAID_PLAN'] ?? ''));

/** What Vectorize may hold. Which plan an account has, the API does not tell: the free one until somebody says so. */
export const storedDimensionsOf = (cli: Cli): number =>
  isFreePlan(cli) ? FREE_PLAN.storedDimensions : Infinity;
