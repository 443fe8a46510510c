import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { MemoryError } from '../memory/errors.ts';

/**
 * What a tool takes, as clients are told. Arguments are not checked by it but by `inputReader`, whose errors are answers
 * of the tool that say what to do next, where the protocol's own are not shown to every model.
 */
export const advertised = (input: z.ZodObject): StandardSchemaWithJSON => {
  const schema = () => plainJson(z.toJSONSchema(input, { io: 'input' })) as Record<string, unknown>;
  return {
    '~standard': {
      version: 1,
      vendor: 'edge-memory',
      validate: (value) => ({ value }),
      jsonSchema: { input: schema, output: schema },
    },
  };
};

const UNBOUNDED: readonly unknown[] = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];

/** Without what constrains nothing and costs every chat some tokens. */
const plainJson = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => key !== '$schema' && !saysNothing(key, inner))
      .map(([key, inner]) => [key, plainJson(inner)]),
  );
};

const saysNothing = (key: string, value: unknown): boolean =>
  (key === 'additionalProperties' && JSON.stringify(value) === '{}') ||
  ((key === 'maximum' || key === 'minimum') && UNBOUNDED.includes(value));

/**
 * Reads the arguments of a call. Smaller models write lists and objects as text, and numbers in quotes: that is
 * understood. A parameter that there is not is an error, never passed over: without its `tag` a deletion would have no
 * bounds.
 */
export const inputReader = <Input extends z.ZodObject>(
  tool: string,
  input: Input,
): ((given: unknown) => z.output<Input>) => {
  // Zod compiles a schema when it is first used, which takes longer than a call.
  let exact: z.ZodObject | undefined;
  return (given) => {
    // What takes any parameter says so.
    exact ??= input.def.catchall === undefined ? input.strict() : input;
    const parsed = exact.safeParse(understood(input, given ?? {}));
    if (parsed.success) return parsed.data as z.output<Input>;
    throw inputError(tool, input, parsed.error);
  };
};

const inputError = (tool: string, input: z.ZodObject, { issues }: z.ZodError): MemoryError =>
  new MemoryError(
    'invalid-input',
    `${tool} did nothing: ${issues.map(issueText).join('; ')}.`,
    `Call it again. Its parameters: ${Object.keys(input.shape).join(', ') || 'none'}.`,
  );

const issueText = ({ message, path, ...issue }: z.core.$ZodIssue): string => {
  const at = path.join('.');
  if (issue.code === 'unrecognized_keys')
    return `${at && `${at} `}has no parameter ${issue.keys.join(', ')}`.trim();
  return at === '' ? message : `${at}: ${message}`;
};

const innermost = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodOptional ? innermost(schema.unwrap()) : schema;

const understood = (schema: z.core.$ZodType, value: unknown): unknown => {
  const wanted = innermost(schema);
  if (wanted instanceof z.ZodObject) {
    const object = typeof value === 'string' ? (parsedJson(value) ?? value) : value;
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return object;
    const shape = wanted.shape as Readonly<Record<string, z.core.$ZodType>>;
    return Object.fromEntries(
      Object.entries(object)
        // A null where nothing is meant.
        .filter(([key, inner]) => inner !== null || shape[key] === undefined)
        .map(([key, inner]) => [key, shape[key] === undefined ? inner : understood(shape[key], inner)]),
    );
  }
  if (typeof value !== 'string') return value;
  if (wanted instanceof z.ZodArray) {
    const list = parsedJson(value);
    return Array.isArray(list) ? list : value.split(',').flatMap((item) => item.trim() || []);
  }
  if (wanted instanceof z.ZodNumber && value.trim() !== '' && Number.isFinite(Number(value)))
    return Number(value);
  if (wanted instanceof z.ZodBoolean && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return value;
};

const parsedJson = (text: string): unknown => {
  try {
    return /^\s*[[{]/.test(text) ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
};
