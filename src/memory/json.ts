import type { JsonObject } from './memory.ts';

/** SQLite and D1 read JSON of at most 1,000 levels; deeper text would be lost at the next merge. */
const MAX_DEPTH = 100;

const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const isJson = (value: unknown, depth: number): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return false;
  if (!Array.isArray(value) && !isPlainObject(value)) return false;
  // Not Object.values of a list, which passes over its holes.
  const items: unknown[] = Array.isArray(value) ? Array.from(value) : Object.values(value);
  return items.every((item) => isJson(item, depth + 1));
};

/** Whether a value comes back from JSON text as it is. Not by zod, whose records leave out the key `__proto__`. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && isJson(value, 0);
