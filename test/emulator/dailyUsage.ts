/** The texts that the free plan's daily limits were seen with. */
export const dailyNeuronsMessage =
  "you have used up your daily free allocation of 10,000 neurons, please upgrade to Cloudflare's Workers Paid plan if you would like to continue usage.";

export function dailyRowsMessage(what: 'read' | 'write'): string {
  return `Your account has exceeded D1's free tier daily row ${what} limit. Upgrade to a paid plan or wait until tomorrow (midnight UTC) to continue. See https://developers.cloudflare.com/d1/platform/limits/ for more details.`;
}

const dayMs = 86_400_000;

/** An amount used since 00:00 UTC. */
export class DailyUsage {
  readonly #now: () => number;
  #day = 0;
  #used = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get used(): number {
    this.#turnDay();
    return this.#used;
  }

  add(amount: number): void {
    this.#turnDay();
    this.#used += amount;
  }

  #turnDay(): void {
    const day = Math.floor(this.#now() / dayMs);
    if (day === this.#day) return;
    this.#day = day;
    this.#used = 0;
  }
}
