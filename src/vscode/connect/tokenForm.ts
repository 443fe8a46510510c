/** What Edge Memory needs, in the keys of Cloudflare's token form (https://developers.cloudflare.com/fundamentals/api/how-to/account-owned-token-template/). */
const permissions = [
  { key: 'd1', type: 'edit' },
  { key: 'vectorize', type: 'edit' },
  { key: 'ai', type: 'read' },
  { key: 'workers_r2', type: 'edit' },
  { key: 'account_settings', type: 'read' },
] as const;

export const SIGN_UP = 'https://dash.cloudflare.com/sign-up';

/**
 * Cloudflare's form for a new token, filled in: a person looks it over and presses Create. VS Code encodes a `+` once
 * more, so that blanks must not become one.
 */
export const tokenForm = (): string => {
  const query = {
    permissionGroupKeys: JSON.stringify(permissions),
    accountId: '*',
    zoneId: 'all',
    name: 'Edge Memory',
  };
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `https://dash.cloudflare.com/profile/api-tokens?${pairs.join('&')}`;
};
