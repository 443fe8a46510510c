import { AgentLog } from '../../local/agentLog.ts';
import { countActs } from '../../memory/agentActs.ts';
import type { Facet } from '../../memory/memory.ts';
import type { NamedCount, OverviewData, Place } from '../../shared/overviewProtocol.ts';
import { describeMode } from '../effectiveMode.ts';
import { describeError } from '../errors.ts';
import { homePath } from '../homePath.ts';
import { oneLine } from '../plainText.ts';
import type { Services } from '../services.ts';

/** What counts as recent. Seconds. */
const RECENT = 30 * 86_400;
const LABEL = 40;

export const shortName = (name: string): string => oneLine(name, LABEL) || '…';

/** The numbers of the store as they are drawn. */
export async function overviewData(
  { store, latencies, connection, settings }: Services,
  utcOffset: number,
  signal: AbortSignal,
): Promise<OverviewData> {
  const recentSince = Date.now() / 1000 - RECENT;
  const { stats, ...overview } = await store.overview({ utcOffset, recentSince }, { signal });
  return {
    live: stats.live,
    deleted: stats.deleted,
    pinned: stats.pinned,
    tagCount: stats.tags,
    projectCount: stats.projects,
    contentBytes: stats.contentBytes,
    storageBytes: stats.storageBytes,
    embedded: stats.embedding.embedded,
    pending: stats.embedding.pending,
    searchWay: describeMode(stats.mode),
    place: placeOf(connection.target, homePath(settings.dataFolder)),
    days: overview.days,
    sizes: overview.sizes,
    clients: overview.clients.map(({ client, count, recent }) => ({
      label: shortName(client),
      count,
      recent,
    })),
    agents: await agentsOf(settings.dataFolder),
    tags: overview.tags.map(named),
    types: overview.types.map(named),
    projects: overview.projects.map(named),
    latencies: latencies.summary(),
  };
}

/** Of other machines, too, nobody knows more than who stored what. */
const agentsOf = async (dataFolder: string): Promise<OverviewData['agents']> => {
  try {
    const acts = await new AgentLog(dataFolder).recent(Number.POSITIVE_INFINITY);
    return countActs(acts).map(({ client, ...counts }) => ({ label: shortName(client), ...counts }));
  } catch (error) {
    return describeError(error);
  }
};

const named = ({ name, count }: Facet): NamedCount => ({ name, label: shortName(name), count });

const placeOf = (target: Services['connection']['target'], folder: string): Place =>
  target === undefined
    ? { kind: 'local', folder }
    : {
        kind: 'cloud',
        account: oneLine(target.accountName, 60),
        database: oneLine(target.database.name, 60),
      };
