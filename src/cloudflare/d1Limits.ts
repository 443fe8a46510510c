import { MemoryError } from '../memory/errors.ts';
import type { SqlStatement, SqlValue } from '../memory/ports.ts';
import { utf8Length } from '../memory/text.ts';

/** https://developers.cloudflare.com/d1/platform/limits/ */
export const D1_LIMITS = { params: 100, statementBytes: 100_000, valueBytes: 2_000_000 } as const;

/** Refuses what D1 would refuse, before it is sent. */
export const checkStatement = ({ sql, params = [] }: SqlStatement): void => {
  if (params.length > D1_LIMITS.params)
    throw programError(`a statement with ${params.length} parameters; D1 takes ${D1_LIMITS.params}`);
  const bytes = utf8Length(sql);
  if (bytes > D1_LIMITS.statementBytes)
    throw programError(`a statement of ${bytes} bytes; D1 takes ${D1_LIMITS.statementBytes}`);
  params.forEach(checkValue);
};

const checkValue = (value: SqlValue): void => {
  // JSON has no NaN and no infinity: they would arrive as NULL.
  if (typeof value === 'number' && !Number.isFinite(value))
    throw programError(`the number ${value}, which can not be sent to D1`);
  // No text has more bytes than three for each UTF-16 code unit.
  if (typeof value !== 'string' || value.length * 3 <= D1_LIMITS.valueBytes) return;
  const bytes = utf8Length(value);
  if (bytes > D1_LIMITS.valueBytes)
    throw new MemoryError(
      'too-large',
      `A value has ${bytes.toLocaleString('en')} bytes; D1 takes ${D1_LIMITS.valueBytes.toLocaleString('en')}.`,
      'Connect an R2 bucket for large content, or store it in parts.',
    );
};

const programError = (what: string): MemoryError =>
  new MemoryError(
    'storage-failed',
    `Edge Memory made ${what}.`,
    'Nothing was sent. Run Copy Diagnostics and report it.',
  );
