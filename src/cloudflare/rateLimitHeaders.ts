interface Headers {
  get(name: string): string | null;
}

export interface ServerQuota {
  readonly name: string;
  /** Requests that are left. */
  readonly remaining: number;
  /** Seconds until they are renewed. */
  readonly reset: number;
  /** Requests in a whole window, where the server says so. */
  readonly total: number | undefined;
}

const MAX_HEADER = 1000;

/** Items of `"default";r=50;t=30, "burst";r=9;t=1`. */
const items = (header: string | null): { name: string; values: Map<string, number> }[] =>
  (header ?? '')
    .slice(0, MAX_HEADER)
    .split(',')
    .map((item) => {
      const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
      const values = parameters.map((parameter) => {
        const [key = '', value = ''] = parameter.split('=');
        return [key, Number.parseInt(value, 10)] as const;
      });
      return { name: name.replaceAll('"', ''), values: new Map(values) };
    });

/**
 * `Ratelimit: "default";r=50;t=30` with `Ratelimit-Policy: "default";q=100;w=60`, which Cloudflare's API sends.
 * https://developers.cloudflare.com/fundamentals/api/reference/limits/
 */
export const serverQuotas = (headers: Headers): ServerQuota[] => {
  const policies = items(headers.get('ratelimit-policy'));
  return items(headers.get('ratelimit')).flatMap(({ name, values }) => {
    const remaining = values.get('r');
    const reset = values.get('t');
    if (remaining === undefined || reset === undefined || Number.isNaN(remaining + reset)) return [];
    // The documentation's own example names the two differently.
    const policy = policies.find((each) => each.name === name) ?? policies[0];
    return [{ name, remaining, reset, total: policy?.values.get('q') }];
  });
};

/** Seconds to wait by `retry-after`, which is a number of seconds or a date. */
export const retryAfterOf = (headers: Headers, now: number): number | undefined => {
  const header = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(header)) return Number(header);
  // Date.parse takes almost anything for a date; in HTTP it begins with the name of the day.
  const seconds = /^[A-Z][a-z]+,/.test(header) ? (Date.parse(header) - now) / 1000 : NaN;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
};
