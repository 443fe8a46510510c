import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError, refuse } from './envelope.ts';
import type { Account } from './options.ts';

export type Permission =
  | 'D1 Read'
  | 'D1 Edit'
  | 'Vectorize Read'
  | 'Vectorize Edit'
  | 'Workers AI Read'
  | 'Workers R2 Storage Read'
  | 'Workers R2 Storage Edit'
  | 'Account Settings Read';

export const allPermissions: readonly Permission[] = [
  'D1 Edit',
  'Vectorize Edit',
  'Workers AI Read',
  'Workers R2 Storage Edit',
  'Account Settings Read',
];

export const readPermissions: readonly Permission[] = [
  'D1 Read',
  'Vectorize Read',
  'Workers AI Read',
  'Workers R2 Storage Read',
  'Account Settings Read',
];

export interface TokenOptions {
  /** `user` is `cfut_`, `account` is `cfat_` (owned by its first account), `unprefixed` an older user token. Default `user`. */
  readonly kind?: 'user' | 'account' | 'unprefixed';
  /** Default: all. */
  readonly permissions?: readonly Permission[];
  /** Ids; default: all accounts of the emulator. */
  readonly accounts?: readonly string[];
  readonly disabled?: boolean;
  readonly expiresOn?: Date;
  readonly notBefore?: Date;
  /** The only addresses that it may be used from. */
  readonly allowedIps?: readonly string[];
}

export interface Token extends Required<Pick<TokenOptions, 'kind' | 'permissions' | 'accounts'>> {
  readonly id: string;
  /** What goes after `Bearer `. */
  readonly value: string;
  readonly options: TokenOptions;
}

/** The tokens that the emulator knows. */
export class Tokens {
  readonly #byValue = new Map<string, Token>();
  readonly #accounts: readonly Account[];
  readonly #now: () => number;

  constructor(accounts: readonly Account[], now: () => number) {
    this.#accounts = accounts;
    this.#now = now;
  }

  create(options: TokenOptions = {}): Token {
    const kind = options.kind ?? 'user';
    const prefix = { user: 'cfut_', account: 'cfat_', unprefixed: '' }[kind];
    const token: Token = {
      id: randomBytes(16).toString('hex'),
      value: prefix + randomUUID().replaceAll('-', '') + randomBytes(4).toString('hex'),
      kind,
      permissions: options.permissions ?? allPermissions,
      accounts: options.accounts ?? this.#accounts.map(({ id }) => id),
      options,
    };
    this.#byValue.set(token.value, token);
    return token;
  }

  /** By what goes after `Bearer `. */
  revoke(value: string): void {
    this.#byValue.delete(value);
  }

  /** The token of the request; one that is disabled or out of its time is still found. */
  read(headers: IncomingHttpHeaders): Token | undefined {
    const { authorization } = headers;
    if (authorization === undefined) {
      refuse(400, 9106, 'Missing X-Auth-Key, X-Auth-Email or Authorization headers');
    }
    const value = /^Bearer ([\w-]{40,})$/.exec(authorization)?.[1];
    if (value === undefined) {
      throw new ApiError(400, {
        code: 6003,
        message: 'Invalid request headers',
        error_chain: [{ code: 6111, message: 'Invalid format for Authorization header' }],
      });
    }
    return this.#byValue.get(value);
  }

  status(token: Token): 'active' | 'disabled' | 'expired' {
    const { disabled, expiresOn } = token.options;
    if (disabled === true) return 'disabled';
    return expiresOn !== undefined && expiresOn.getTime() <= this.#now() ? 'expired' : 'active';
  }

  /** The token if it may call the route, for the account of the path. */
  admit(
    token: Token | undefined,
    address: string,
    needs: readonly Permission[] | undefined,
    account: string | undefined,
  ): Token {
    if (token === undefined || this.status(token) !== 'active' || this.#isEarly(token)) {
      refuse(401, 10000, 'Authentication error');
    }
    const { allowedIps } = token.options;
    if (allowedIps !== undefined && !allowedIps.includes(address)) {
      refuse(403, 9109, `Cannot use the access token from location: ${address}`);
    }
    if (account !== undefined && !token.accounts.includes(account)) {
      refuse(403, 7403, 'The given account is not valid or is not authorized to access this service');
    }
    if (needs !== undefined && !needs.some((permission) => token.permissions.includes(permission))) {
      refuse(403, 10000, 'Authentication error');
    }
    return token;
  }

  #isEarly(token: Token): boolean {
    const { notBefore } = token.options;
    return notBefore !== undefined && notBefore.getTime() > this.#now();
  }
}
