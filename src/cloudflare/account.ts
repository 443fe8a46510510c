import * as z from 'zod';
import { MemoryError } from '../memory/errors.ts';
import type { CallOptions } from '../memory/ports.ts';
import { apiPath } from './apiPath.ts';
import type { CloudflareClient } from './client.ts';

const verified = z.object({
  id: z.string(),
  status: z.string(),
  expires_on: z.string().nullish(),
  not_before: z.string().nullish(),
});
const listed = z.array(z.object({ id: z.string(), name: z.string() }));

export interface TokenState {
  /** A token that an account owns has a verification of its own. */
  readonly owner: 'user' | 'account';
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
}

export interface Account {
  readonly id: string;
  readonly name: string;
}

const resource = { product: 'Account', name: 'the API token' } as const;

const time = (text: string | null | undefined): number | undefined => (text ? Date.parse(text) : undefined);

const checkState = ({ status, expires_on, not_before }: z.output<typeof verified>, now: number): void => {
  const from = time(not_before);
  if (from !== undefined && from > now)
    throw new MemoryError(
      'unauthorized',
      `The API token is not valid before ${new Date(from).toISOString()}.`,
      'Use another token until then, or change its start in Cloudflare’s dashboard.',
    );
  const until = time(expires_on);
  if (status === 'expired' || (until !== undefined && until <= now))
    throw new MemoryError(
      'unauthorized',
      `The API token expired${until === undefined ? '' : ` on ${new Date(until).toISOString()}`}.`,
      'Make a new token in Cloudflare’s dashboard (or roll this one), and run Change Token.',
    );
  if (status !== 'active')
    throw new MemoryError(
      'unauthorized',
      `The API token is ${status}.`,
      'Enable it in Cloudflare’s dashboard, or make a new one, and run Change Token.',
    );
};

export interface VerifyOptions extends CallOptions {
  /** Whose token it is, where that is known. */
  readonly account?: string | undefined;
  /** The accounts that the token lists, where they are asked for anyway. */
  readonly accounts?: (() => Promise<readonly Account[]>) | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: number | undefined;
}

/**
 * Tells whether a token may be used now. A user's token and one that an account owns are verified at different places;
 * for the second the account has to be known. Rejects with `unauthorized` and the reason.
 */
export const verifyToken = async (
  client: CloudflareClient,
  {
    account,
    accounts = () => listAccounts(client, options),
    now = Date.now(),
    ...options
  }: VerifyOptions = {},
): Promise<TokenState> => {
  const verify = (path: string) => client.request({ ...options, method: 'GET', path, resource }, verified);
  try {
    const state = await verify(apiPath`/user/tokens/verify`);
    checkState(state, now);
    return { owner: 'user', expiresAt: time(state.expires_on) };
  } catch (error) {
    const candidates = account === undefined ? await idsOf(accounts) : [account];
    const [only] = candidates;
    if (!MemoryError.is(error, 'unauthorized') || only === undefined || isTellingAboutTime(error))
      throw error;
    const state = await verify(apiPath`/accounts/${only}/tokens/verify`);
    checkState(state, now);
    return { owner: 'account', expiresAt: time(state.expires_on) };
  }
};

/** Errors that this file made know the token already: no other place would know it better. */
const isTellingAboutTime = (error: MemoryError): boolean => error.cause === undefined;

const idsOf = async (accounts: () => Promise<readonly Account[]>): Promise<string[]> => {
  try {
    return (await accounts()).map(({ id }) => id);
  } catch {
    return [];
  }
};

/** Empty where the token lacks the permission to read account settings: then the person has to name the account. */
export const listAccounts = (client: CloudflareClient, options: CallOptions = {}): Promise<Account[]> =>
  client.request(
    {
      ...options,
      method: 'GET',
      path: apiPath`/accounts`,
      query: { per_page: 50 },
      resource: { product: 'Account', name: 'the list of accounts' },
    },
    listed,
  );
