import type { Token, Tokens } from './auth.ts';
import { ok, paged, refuse } from './envelope.ts';
import type { Reply } from './envelope.ts';
import type { Account } from './options.ts';
import type { Route } from './router.ts';
import { param } from './router.ts';

/** The routes that a token which may not be used yet, or any more, can still ask about itself. */
export const verifyPatterns = ['/user/tokens/verify', '/accounts/:account/tokens/verify'] as const;

export function accountRoutes(tokens: Tokens, accounts: readonly Account[]): Route[] {
  const verify = (token: Token, belongsHere: boolean): Reply => {
    if (!belongsHere) refuse(401, 1000, 'Invalid API Token');
    const { expiresOn, notBefore } = token.options;
    const status = tokens.status(token);
    const result = {
      id: token.id,
      status,
      ...(expiresOn && { expires_on: expiresOn.toISOString() }),
      ...(notBefore && { not_before: notBefore.toISOString() }),
    };
    const messages =
      status === 'active' ? [{ code: 10000, message: 'This API Token is valid and active' }] : [];
    return ok(result, { messages });
  };
  /** None at all without the permission to list them. */
  const accountsOf = (token: Token): Account[] =>
    token.permissions.includes('Account Settings Read')
      ? accounts.filter(({ id }) => token.accounts.includes(id))
      : [];
  const unauthorized = (): never => refuse(403, 9109, 'Unauthorized to access requested resource');

  return [
    {
      method: 'GET',
      pattern: verifyPatterns[0],
      handle: ({ token }) => verify(token, token.kind !== 'account'),
    },
    {
      method: 'GET',
      pattern: verifyPatterns[1],
      handle: (request) =>
        verify(
          request.token,
          request.token.kind === 'account' && request.token.accounts[0] === param(request, 'account'),
        ),
    },
    {
      method: 'GET',
      pattern: '/accounts',
      handle: ({ token, query }) => paged(accountsOf(token).map(describe), query, 20),
    },
    {
      method: 'GET',
      pattern: '/accounts/:account',
      handle: (request) => {
        const found = accountsOf(request.token).find(({ id }) => id === param(request, 'account'));
        return found === undefined ? unauthorized() : ok(describe(found));
      },
    },
    { method: 'GET', pattern: '/user', handle: unauthorized },
    { method: 'GET', pattern: '/memberships', handle: unauthorized },
  ];
}

function describe({ id, name }: Account): object {
  return { id, name, type: 'standard', created_on: '2024-01-01T00:00:00Z', settings: {} };
}
