/** What goes wrong; `faultAnswers.ts` has what each looks like. */
export type FaultKind =
  | 'rate-limited'
  | 'throttled'
  | 'd1-overloaded'
  | 'd1-transient'
  | 'd1-daily-reads'
  | 'd1-daily-writes'
  | 'vectorize-too-many'
  | 'ai-capacity'
  | 'ai-daily-limit'
  | 'ai-daily-limit-4006'
  | 'server-error'
  | 'challenge'
  | 'redirect'
  | 'unsuccessful'
  | 'wrong-types'
  | 'deep-nesting'
  | 'huge-body'
  | 'empty-body'
  | 'truncated-body'
  | 'reset'
  | 'silence';

export interface FaultRule {
  readonly kind: FaultKind;
  readonly method?: string;
  /** Tested against the path after `/client/v4`, with its query. Default: every path. */
  readonly path?: RegExp;
  /** 0…1, by the emulator's seed. Default 1. */
  readonly probability?: number;
  /** How often it strikes before it is used up. Default: without end. */
  readonly times?: number;
  /** How many matching requests pass first. Default 0. */
  readonly skip?: number;
  /** The request takes effect and only its answer is lost or spoilt. Default false: nothing happens but the fault. */
  readonly applied?: boolean;
  /** `rate-limited`, `throttled` and the other HTTP 429. Default 1. */
  readonly retryAfterSeconds?: number;
  /** `server-error`: 500 answers JSON, others a gateway's HTML. Default 500. */
  readonly status?: number;
  /** `redirect`: where to. */
  readonly location?: string;
  /** `huge-body`. Default 100 MB. */
  readonly bytes?: number;
}

interface ArmedRule {
  readonly rule: FaultRule;
  skip: number;
  left: number;
}

/** Rules for what goes wrong; the first one that strikes decides. */
export class Faults {
  readonly #armed: ArmedRule[] = [];
  readonly #random: () => number;
  /** How often each kind struck. */
  readonly injected = new Map<FaultKind, number>();

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  add(...rules: readonly FaultRule[]): void {
    for (const rule of rules) {
      this.#armed.push({ rule, skip: rule.skip ?? 0, left: rule.times ?? Infinity });
    }
  }

  clear(): void {
    this.#armed.length = 0;
  }

  /** The rule that strikes this request, if any. */
  strike(method: string, path: string): FaultRule | undefined {
    const struck = this.#armed.find((armed) => this.#strikes(armed, method, path));
    if (struck === undefined) return undefined;
    struck.left--;
    this.injected.set(struck.rule.kind, (this.injected.get(struck.rule.kind) ?? 0) + 1);
    return struck.rule;
  }

  #strikes(armed: ArmedRule, method: string, path: string): boolean {
    const { rule } = armed;
    if (armed.left <= 0 || (rule.method ?? method) !== method) return false;
    if (rule.path !== undefined && path.search(rule.path) === -1) return false;
    if (armed.skip > 0) {
      armed.skip--;
      return false;
    }
    return this.#random() < (rule.probability ?? 1);
  }
}

/** Numbers in 0…1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
