import { refuse } from '../envelope.ts';

export type Scalar = string | number | boolean;
export type MetadataType = 'string' | 'number' | 'boolean';
export type MetadataFilter = (indexed: ReadonlyMap<string, Scalar>) => boolean;

const rangeOperators = ['$lt', '$lte', '$gt', '$gte'] as const;
const maxIndexedBytes = 64;

/** Reads `{a: 1, 'b.c': {$in: [...]}}` to a test of the indexed metadata of one vector; a vector without the property fails. */
export function readFilter(filter: unknown): MetadataFilter {
  if (filter === undefined || filter === null) return () => true;
  if (!isRecord(filter)) refuse(400, 40026, 'filter must be an object');
  if (Buffer.byteLength(JSON.stringify(filter)) >= 2048)
    refuse(400, 40026, 'filter must be smaller than 2048 bytes');
  const tests = Object.entries(filter).map(([key, condition]) => {
    checkMetadataKey(key);
    const test = readCondition(condition);
    return (indexed: ReadonlyMap<string, Scalar>): boolean => {
      const value = indexed.get(key);
      return value !== undefined && test(value);
    };
  });
  return (indexed) => tests.every((test) => test(indexed));
}

function readCondition(condition: unknown): (value: Scalar) => boolean {
  if (isScalar(condition)) return (value) => value === condition;
  if (!isRecord(condition)) refuse(400, 40026, 'a filter compares with a string, number or boolean');
  const tests = Object.entries(condition).map(([operator, operand]) => readOperator(operator, operand));
  return (value) => tests.every((test) => test(value));
}

function readOperator(operator: string, operand: unknown): (value: Scalar) => boolean {
  if (operator === '$in' || operator === '$nin') {
    if (!Array.isArray(operand) || !operand.every(isScalar)) refuse(400, 40026, `${operator} takes a list`);
    return (value) => operand.includes(value) === (operator === '$in');
  }
  if (!isScalar(operand)) refuse(400, 40026, `${operator} takes a string, number or boolean`);
  if (operator === '$eq') return (value) => value === operand;
  if (operator === '$ne') return (value) => value !== operand;
  const range = rangeOperators.find((each) => each === operator);
  if (range === undefined) refuse(400, 40026, `unknown operator ${operator}`);
  return (value) => {
    if (typeof value !== typeof operand) return false;
    if (value === operand) return range.endsWith('e');
    return value < operand === range.startsWith('$l');
  };
}

export function checkMetadataKey(key: string): void {
  if (key === '' || key.includes('"') || key.startsWith('$')) {
    refuse(
      400,
      40018,
      `invalid metadata key ${JSON.stringify(key)}: must not be empty, contain " or start with $`,
    );
  }
}

/** The values of a vector that metadata indexes hold: the first 64 bytes of a string, whole characters only. */
export function indexedValues(
  metadata: Readonly<Record<string, unknown>> | undefined,
  types: ReadonlyMap<string, MetadataType>,
): Map<string, Scalar> {
  const values = new Map<string, Scalar>();
  for (const [property, type] of types) {
    const value = valueAt(metadata, property);
    if (!isScalar(value) || typeof value !== type) continue;
    values.set(property, typeof value === 'string' ? clip(value) : value);
  }
  return values;
}

/** `a.b` is the `b` in `a`. */
function valueAt(metadata: unknown, property: string): unknown {
  let value: unknown = metadata;
  for (const part of property.split('.')) value = isRecord(value) ? value[part] : undefined;
  return value;
}

function clip(text: string): string {
  let clipped = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxIndexedBytes) break;
    clipped += character;
  }
  return clipped;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
