import type { CloudStoreConfig } from './openCloudStore.ts';

/** What is kept of a connection, beside what only messages need. */
type ConnectedTarget = Pick<
  CloudStoreConfig,
  'account' | 'index' | 'bucket' | 'jurisdiction' | 'model' | 'endpoint' | 'dimensions'
> & { readonly database: { readonly id: string; readonly name: string } };

/** The resources of a connection as a store is opened with them. */
export const targetConfig = (target: ConnectedTarget): CloudStoreConfig => {
  const { account, database, index, bucket, jurisdiction, model, endpoint, dimensions } = target;
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
  };
};
