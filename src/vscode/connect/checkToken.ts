import { type Account, listAccounts, verifyToken } from '../../cloudflare/account.ts';
import type { CloudflareClient } from '../../cloudflare/client.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { Services } from '../services.ts';
import { createClient } from './client.ts';

/** A token that may be used, and what it opens. */
export interface CheckedToken {
  readonly token: string;
  readonly client: CloudflareClient;
  /** Empty where the token lists none. */
  readonly accounts: readonly Account[];
  /** False for a token that can be verified only where its account is known. */
  readonly isVerified: boolean;
}

export async function checkToken(
  services: Pick<Services, 'settings' | 'log'>,
  token: string,
  { account, signal }: { account?: string | undefined; signal?: AbortSignal | undefined } = {},
): Promise<CheckedToken> {
  const client = createClient({ settings: services.settings, log: services.log, token: () => token });
  const isVerified = await verify(client, token, account, signal);
  return { token, client, accounts: isVerified ? await listAccounts(client, { signal }) : [], isVerified };
}

/** Tokens that an account owns begin so; one that lists no account can be verified only where that is known. */
const OWNED_BY_ACCOUNT = 'cfat_';

async function verify(
  client: CloudflareClient,
  token: string,
  account: string | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await verifyToken(client, { account, signal });
    return true;
  } catch (error) {
    // Without a cause the state of the token itself is the reason, in words already.
    if (!MemoryError.is(error, 'unauthorized') || error.cause === undefined) throw error;
    if (account === undefined && token.startsWith(OWNED_BY_ACCOUNT)) return false;
    throw new MemoryError(
      'unauthorized',
      'Cloudflare does not know this API token: it is mistyped, or was revoked or rolled.',
      'Copy it again from Cloudflare, or create a new one.',
      { cause: error },
    );
  }
}
