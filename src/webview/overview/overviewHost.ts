import type { OverviewEvents, OverviewMethods } from '../../shared/overviewProtocol.ts';
import type { Host } from '../host.ts';
import type { MapState } from './map/mapView.ts';

/** What of the page outlives a reload. */
export interface OverviewState {
  readonly map: MapState;
}

export type OverviewHost = Host<OverviewMethods, OverviewEvents, OverviewState>;
