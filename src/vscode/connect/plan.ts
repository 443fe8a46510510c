import { FREE_PLAN } from '../../cloudflare/planLimits.ts';
import type { Settings } from '../settings.ts';

/** What Vectorize holds in the plan of the settings. */
export const storedDimensionsOf = (settings: Settings): number =>
  settings.cloudflarePlan === 'free' ? FREE_PLAN.storedDimensions : Infinity;
