import { ApiError, refuse } from '../envelope.ts';
import { checkMetadataKey, isRecord } from './metadataFilter.ts';

export interface VectorLine {
  readonly id: string;
  readonly values: Float32Array;
  readonly namespace?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** From Vectorize's documented limits; the codes of those without a known one are guesses, HTTP 400 is sure. */
const maxVectors = 5000;
const maxBytes = 100 * 1024 * 1024;
const maxIdBytes = 64;
const maxNamespaceBytes = 64;
const maxMetadataBytes = 10 * 1024;

/** The vectors of an insert or upsert: NDJSON as the body, or in the field `vectors` of a form. */
export async function readVectors(
  body: Buffer,
  contentType: string,
  dimensions: number,
  discardUnparsable: boolean,
): Promise<VectorLine[]> {
  if (body.length > maxBytes) refuse(413, 40027, 'payload too large: at most 100 MB');
  const text = await ndjsonOf(body, contentType);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > maxVectors) {
    refuse(400, 40007, `too many vectors in payload; max vector count is ${maxVectors}, got ${lines.length}`);
  }
  return lines.flatMap((line, index) => {
    const parsed = parseLine(line);
    if (parsed !== undefined) return [readVector(parsed, dimensions)];
    if (discardUnparsable) return [];
    return refuse(400, 40023, `failed to parse vector in line ${index + 1}`);
  });
}

async function ndjsonOf(body: Buffer, contentType: string): Promise<string> {
  if (contentType.startsWith('application/x-ndjson')) return body.toString('utf8');
  if (!contentType.startsWith('multipart/form-data')) {
    refuse(400, 1005, 'expected application/x-ndjson or multipart/form-data');
  }
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- its memory use is no matter in a test
    .formData()
    .catch((error: unknown) => {
      throw new ApiError(400, { code: 1005, message: `malformed form: ${String(error)}` });
    });
  const field = form.get('vectors') ?? refuse(400, 1005, 'the form has no field "vectors"');
  return typeof field === 'string' ? field : field.text();
}

interface ParsedLine {
  readonly id: string;
  readonly values: readonly number[];
  readonly namespace?: unknown;
  readonly metadata?: unknown;
}

function parseLine(line: string): ParsedLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isParsedLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isParsedLine(value: unknown): value is ParsedLine {
  if (!isRecord(value)) return false;
  const { id, values } = value;
  return typeof id === 'string' && Array.isArray(values) && values.every((each) => typeof each === 'number');
}

function readVector({ id, values, namespace, metadata }: ParsedLine, dimensions: number): VectorLine {
  if (id === '' || Buffer.byteLength(id) > maxIdBytes) {
    refuse(400, 40008, `id too long; max is ${maxIdBytes} bytes, got ${Buffer.byteLength(id)} bytes`);
  }
  if (values.length !== dimensions) {
    const message = `invalid vector for id="${id}", expected ${dimensions} dimensions, and got ${values.length} dimensions`;
    refuse(400, 40012, message);
  }
  return {
    id,
    values: new Float32Array(values),
    ...(isGiven(namespace) && { namespace: readNamespace(namespace) }),
    ...(isGiven(metadata) && { metadata: readMetadata(metadata) }),
  };
}

/** Null counts as absent. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export function readNamespace(namespace: unknown): string {
  if (typeof namespace !== 'string' || Buffer.byteLength(namespace) > maxNamespaceBytes) {
    refuse(400, 40009, `invalid namespace; max is ${maxNamespaceBytes} bytes`);
  }
  return namespace;
}

function readMetadata(metadata: unknown): Record<string, unknown> {
  if (!isRecord(metadata)) refuse(400, 40023, 'metadata must be an object');
  const bytes = Buffer.byteLength(JSON.stringify(metadata));
  if (bytes > maxMetadataBytes) {
    refuse(400, 40011, `metadata too large; max is ${maxMetadataBytes} bytes, got ${bytes} bytes`);
  }
  checkKeys(metadata);
  return metadata;
}

function checkKeys(metadata: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(metadata)) {
    checkMetadataKey(key);
    if (isRecord(value)) checkKeys(value);
  }
}
