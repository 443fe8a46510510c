import * as vscode from 'vscode';
import type { CloudTarget } from '../../local/storeConfig.ts';
import type { Limit } from '../../shared/overviewProtocol.ts';
import type { Services } from '../services.ts';

/** https://developers.cloudflare.com/vectorize/platform/pricing/ and d1/platform/pricing/: the free plan's. */
const FREE = { dimensions: 5_000_000, rowsRead: 5_000_000, rowsWritten: 100_000 } as const;

/** What the connected account's plan limits, as far as it is known here. One request. */
export async function limitsOf(
  { connection, settings, log, store }: Services,
  target: CloudTarget,
  signal: AbortSignal,
): Promise<Limit[]> {
  const [{ createClient }, { VectorizeIndex }] = await Promise.all([
    import('../connect/client.ts'),
    import('../../cloudflare/vectorize.ts'),
  ]);
  const token = (await connection.tokens.get(target.account)) ?? '';
  const client = createClient({ settings, log, token: () => token });
  const { account, index } = target;
  const [{ dimensions, vectorCount }, active] = await Promise.all([
    new VectorizeIndex({ client, account, index }).info({ signal }),
    store.active(),
  ]);
  const usage = usageOf(active);
  return [
    {
      label: vscode.l10n.t('Vectors kept, of the free plan'),
      used: vectorCount,
      of: Math.floor(FREE.dimensions / dimensions),
    },
    ...(usage === undefined
      ? []
      : [
          {
            label: vscode.l10n.t('Rows written by this window, of the free plan’s daily limit'),
            used: usage.rowsWritten,
            of: FREE.rowsWritten,
          },
          {
            label: vscode.l10n.t('Rows read by this window, of the free plan’s daily limit'),
            used: usage.rowsRead,
            of: FREE.rowsRead,
          },
        ]),
  ];
}

interface Usage {
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

/** Only a store at Cloudflare counts its rows. */
const usageOf = (store: object): Usage | undefined => {
  const usage: unknown = 'usage' in store ? store.usage : undefined;
  return typeof usage === 'object' && usage !== null && 'rowsRead' in usage && 'rowsWritten' in usage
    ? (usage as Usage)
    : undefined;
};
