/** What an emulated account is allowed; `Infinity` lifts a limit. Numbers from Cloudflare's documentation, by plan. */
export interface Limits {
  /** Requests of one user or account token per window; the one above blocks every call for a whole window. */
  readonly requestsPerWindow: number;
  readonly windowSeconds: number;
  readonly requestsPerSecond: number;
  readonly d1Databases: number;
  readonly d1DatabaseBytes: number;
  readonly d1RowsReadPerDay: number;
  readonly d1RowsWrittenPerDay: number;
  /** Milliseconds a query, or a whole batch, may take. */
  readonly d1QueryMs: number;
  readonly vectorizeStoredDimensions: number;
  readonly aiNeuronsPerDay: number;
}

const paid: Limits = {
  requestsPerWindow: 1200,
  windowSeconds: 300,
  requestsPerSecond: 200,
  d1Databases: 50_000,
  d1DatabaseBytes: 10e9,
  d1RowsReadPerDay: Infinity,
  d1RowsWrittenPerDay: Infinity,
  d1QueryMs: 30_000,
  vectorizeStoredDimensions: Infinity,
  aiNeuronsPerDay: Infinity,
};

const free: Limits = {
  ...paid,
  d1Databases: 10,
  d1DatabaseBytes: 500e6,
  d1RowsReadPerDay: 5_000_000,
  d1RowsWrittenPerDay: 100_000,
  vectorizeStoredDimensions: 5_000_000,
  aiNeuronsPerDay: 10_000,
};

export interface EmulatorOptions {
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  /** Default `paid`. */
  readonly plan?: 'free' | 'paid';
  /** Over those of the plan. */
  readonly limits?: Partial<Limits>;
  /** First values of the settings that can be changed while it runs. */
  readonly settings?: Partial<EmulatorSettings>;
  /** Milliseconds since 1970, read for every limit, expiry and delay; latency and inference take real time. Default Date.now. */
  readonly now?: () => number;
  /** For faults with a probability. Default 1. */
  readonly seed?: number;
  /** Default: one account. */
  readonly accounts?: readonly Account[];
}

export interface Account {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
}

/** May be changed while the emulator runs. */
export interface EmulatorSettings {
  /** Milliseconds added to every request, before it is looked at. */
  latencyMs: number;
  /** Milliseconds added to every Workers AI run. */
  inferenceMs: number;
  /** Milliseconds until a Vectorize mutation can be seen (the real median is under 30 s, p99 under 2 min). */
  visibilityDelayMs: number;
  /** R2 has to be enabled on an account, with a payment method. */
  r2Enabled: boolean;
}

export const defaultAccount: Account = { id: '5eed0f00d5eed0f00d5eed0f00d5eed0', name: 'Emulated Account' };

export function limitsOf(options: EmulatorOptions): Limits {
  return { ...(options.plan === 'free' ? free : paid), ...options.limits };
}

export function settingsOf(options: EmulatorOptions): EmulatorSettings {
  return { latencyMs: 0, inferenceMs: 0, visibilityDelayMs: 0, r2Enabled: true, ...options.settings };
}
