import type { EmbeddingModel } from '../memory/ports.ts';
import type { Account } from './account.ts';
import type { EmbeddingChoice } from './embeddingChoice.ts';
import type { Tuning } from './environment.ts';
import type { CloudStoreConfig } from './openCloudStore.ts';
import type { Provisioned } from './provision.ts';

/** What is kept of a connection, beside what only messages need. */
type ConnectedTarget = Pick<
  CloudStoreConfig,
  'account' | 'index' | 'bucket' | 'jurisdiction' | 'model' | 'endpoint' | 'dimensions' | 'largeContentBytes'
> & { readonly database: { readonly id: string; readonly name: string } };

/** The resources of a connection as a store is opened with them. */
export const targetConfig = (target: ConnectedTarget): CloudStoreConfig => {
  const { account, database, index, bucket, jurisdiction, model, endpoint, dimensions, largeContentBytes } =
    target;
  return {
    account,
    database: database.id,
    databaseName: database.name,
    index,
    bucket,
    jurisdiction,
    model,
    endpoint,
    dimensions,
    largeContentBytes,
  };
};

export interface ConnectedWith {
  readonly account: Account;
  readonly made: Pick<Provisioned, 'database' | 'index' | 'bucket'>;
  readonly jurisdiction: string | undefined;
  readonly choice: EmbeddingChoice;
  readonly model: Pick<EmbeddingModel, 'space' | 'dimensions'>;
  readonly tuning?: Tuning | undefined;
}

/** What is to be kept of a connection. */
export const targetOf = ({ account, made, jurisdiction, choice, model, tuning }: ConnectedWith) => ({
  account: account.id,
  accountName: account.name,
  database: { id: made.database.id, name: made.database.name },
  index: made.index.name,
  ...(made.bucket !== undefined && { bucket: made.bucket }),
  ...(jurisdiction !== undefined && { jurisdiction }),
  model: choice.model,
  pooling: model.space.slice(choice.model.length + 1),
  dimensions: model.dimensions,
  ...(choice.endpoint !== undefined && { endpoint: choice.endpoint }),
  ...tuning,
});
