import { InvalidArgumentError } from 'commander';
import type { JsonObject } from '../memory/memory.ts';

/** Readers of option values; commander names the option in front of what they throw. */

/** `a,b`, also given several times. */
export const commaSeparated = (value: string, previous: readonly string[] = []): string[] => [
  ...previous,
  ...value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
];

/** The same for a filter: without a name it would let everything through, as where a script's variable is empty. */
export const someTags = (value: string, previous?: readonly string[]): string[] => {
  const tags = commaSeparated(value, previous);
  if (tags.length === 0) throw new InvalidArgumentError('Name at least one tag, or leave it out.');
  return tags;
};

export const limit = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 1000)
    throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
  return number;
};

/** 0: any free one. */
export const port = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  return number;
};

export const jsonObject = (value: string): JsonObject => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch (error) {
    throw new InvalidArgumentError(`It is not JSON: ${error instanceof Error ? error.message : ''}.`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new InvalidArgumentError('It must be a JSON object, for example {"ticket": 7}.');
  return parsed as JsonObject;
};
