import * as z from 'zod';
import type { CallOptions } from '../memory/ports.ts';
import { apiPath } from './apiPath.ts';
import { jsonBody, type CloudflareClient } from './client.ts';
import { CloudflareApiError } from './errors.ts';

const described = z.object({
  uuid: z.string(),
  name: z.string(),
  file_size: z.number().optional(),
  jurisdiction: z.string().nullish(),
});
const NAME_EXISTS = 7502;

export interface D1Description {
  readonly id: string;
  readonly name: string;
  /** Within which it was made: null where within none, undefined where Cloudflare did not say. */
  readonly jurisdiction?: string | null | undefined;
}

/** Where new data should lie. Hints: wnam, enam, weur, eeur, apac, oc. Jurisdictions: eu, fedramp. */
export interface Place {
  readonly locationHint?: string | undefined;
  readonly jurisdiction?: string | undefined;
}

const toDescription = ({ uuid, name, jurisdiction }: z.output<typeof described>): D1Description => ({
  id: uuid,
  name,
  jurisdiction,
});

/** The account's databases, at most 1,000. */
export const listD1Databases = async (
  client: CloudflareClient,
  account: string,
  options: CallOptions = {},
): Promise<D1Description[]> => {
  const path = apiPath`/accounts/${account}/d1/database`;
  const resource = { product: 'D1', name: 'the list of databases' } as const;
  const call = { ...options, method: 'GET', path, query: { per_page: 1000 }, resource } as const;
  return (await client.request(call, z.array(described))).map(toDescription);
};

/** Rejects with `conflict` where the account has a database of this name, unless a lost answer to this very call made it. */
export const createD1Database = async (
  client: CloudflareClient,
  account: string,
  name: string,
  { locationHint, jurisdiction, ...options }: Place & CallOptions = {},
): Promise<D1Description> => {
  const call = {
    ...options,
    method: 'POST',
    path: apiPath`/accounts/${account}/d1/database`,
    body: jsonBody({ name, primary_location_hint: locationHint, jurisdiction }),
    resource: { product: 'D1', name: `the database ${name}` },
    idempotent: true,
  } as const;
  try {
    return toDescription(await client.request(call, described));
  } catch (error) {
    const cause = CloudflareApiError.of(error);
    if (cause?.code !== NAME_EXISTS || cause.attempts < 2) throw error;
    const made = (await listD1Databases(client, account, options)).find((each) => each.name === name);
    if (made === undefined) throw error;
    return made;
  }
};

/** One database by its id. `bytes`: of its file, where Cloudflare says so. */
export const describeD1Database = async (
  client: CloudflareClient,
  account: string,
  database: string,
  options: CallOptions = {},
): Promise<D1Description & { readonly bytes: number | undefined }> => {
  const path = apiPath`/accounts/${account}/d1/database/${database}`;
  const resource = { product: 'D1', name: `the database ${database}` } as const;
  const answer = await client.request({ ...options, method: 'GET', path, resource }, described);
  return { ...toDescription(answer), bytes: answer.file_size };
};

/** The database's present place in its history, to which D1 Time Travel can bring it back for some days. */
export const timeTravelBookmark = async (
  client: CloudflareClient,
  account: string,
  database: string,
  options: CallOptions = {},
): Promise<string> => {
  const path = apiPath`/accounts/${account}/d1/database/${database}/time_travel/bookmark`;
  const resource = { product: 'D1', name: 'the history of the database' } as const;
  const answer = z.object({ bookmark: z.string() });
  return (await client.request({ ...options, method: 'GET', path, resource }, answer)).bookmark;
};
