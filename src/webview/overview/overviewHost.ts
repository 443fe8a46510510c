import type { OverviewEvents, OverviewMethods } from '../../shared/overviewProtocol.ts';
import type { Host } from '../host.ts';

/** What is kept is kept by the host. */
export type OverviewHost = Host<OverviewMethods, OverviewEvents, null>;
