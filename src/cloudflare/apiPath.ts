import { MemoryError } from '../memory/errors.ts';

/** Everything but what RFC 3986 allows in a path segment. */
const notInSegment = /[^A-Za-z0-9\-._~!$&'()*+,;=:@]+/g;

const encodeSegment = (value: string): string => {
  // URL parsers resolve these, encoded or not: a key from a shared database could lead to another resource.
  if (value === '' || value === '.' || value === '..')
    throw new MemoryError(
      'invalid-input',
      `“${value}” is not a name that Cloudflare knows.`,
      'Check the name and try again.',
    );
  return value.toWellFormed().replace(notInSegment, encodeURIComponent);
};

/**
 * A path of the API, as in apiPath`/accounts/${account}/d1/database/${id}`. Each value becomes one segment, whatever
 * it contains, a list one segment each.
 */
export const apiPath = (
  texts: TemplateStringsArray,
  ...values: readonly (string | readonly string[])[]
): string =>
  texts.reduce((path, text, i) => {
    const value = values[i - 1] ?? '';
    return `${path}${(typeof value === 'string' ? [value] : value).map(encodeSegment).join('/')}${text}`;
  });
