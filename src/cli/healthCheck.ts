import { MemoryError } from '../memory/errors.ts';
import { cloudAdvice } from './cloudAdvice.ts';
import type { Cli } from './cli.ts';

/** What one part that the memory stands on shows. */
export interface HealthCheck {
  readonly part: string;
  /** `warning`: works, but someone should look at it. */
  readonly state: 'healthy' | 'warning' | 'unhealthy';
  /** Milliseconds that the part took to answer. */
  readonly ms: number;
  /** What was seen, or what is wrong. */
  readonly detail: string;
  readonly nextStep?: string | undefined;
  /** Numbers, for programs. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

export type Finding = Pick<HealthCheck, 'detail' | 'facts'> &
  Partial<Pick<HealthCheck, 'state' | 'nextStep' | 'ms'>>;

/** Tries one part; that it fails is what was to be found out. */
export const check = async (
  cli: Cli,
  part: string,
  look: () => Finding | Promise<Finding>,
): Promise<HealthCheck> => {
  const began = performance.now();
  const ms = () => Math.round(performance.now() - began);
  try {
    const finding = await look();
    return { part, state: 'healthy', ...finding, ms: finding.ms ?? ms() };
  } catch (error) {
    cli.signal.throwIfAborted();
    return failed(part, error, ms());
  }
};

export const failed = (part: string, error: unknown, ms: number): HealthCheck => {
  const known = MemoryError.is(error) ? error : undefined;
  return {
    part,
    state: 'unhealthy',
    ms,
    detail: known?.message ?? String(error),
    nextStep: known && cloudAdvice(known),
    facts: { error: known?.code ?? 'unexpected' },
  };
};
