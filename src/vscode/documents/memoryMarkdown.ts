import type { Memory, MemorySource } from '../../memory/memory.ts';
import { plainTagsOf, projectsOf } from '../../memory/projects.ts';

/** What a person may write into the front matter. */
export const EDITABLE = ['tags', 'type', 'project', 'pinned', 'localOnly', 'metadata'] as const;
export type Editable = (typeof EDITABLE)[number];

/** What is shown only. */
export const READ_ONLY = [
  'created',
  'updated',
  'deleted',
  'source',
  'symbol',
  'repository',
  'commit',
  'storedBy',
  'storedFor',
  'supersededBy',
  'hash',
] as const;

type FieldName = Editable | (typeof READ_ONLY)[number];

/** A memory's fields by their names in the front matter, in the order shown; those that say nothing are left out. */
export function fieldsOf(memory: Memory): ReadonlyMap<string, unknown> {
  const { source } = memory;
  const fields: readonly (readonly [FieldName, unknown])[] = [
    ['tags', plainTagsOf(memory.tags)],
    ['type', memory.memoryType],
    ['project', projectsOf(memory.tags).join(', ')],
    ['created', isoTime(memory.createdAt)],
    ['updated', memory.updatedAt === memory.createdAt ? undefined : isoTime(memory.updatedAt)],
    ['deleted', memory.deletedAt === undefined ? undefined : isoTime(memory.deletedAt)],
    ['pinned', memory.pinned || undefined],
    ['localOnly', memory.localOnly || undefined],
    ['source', source?.path && source.path + linesOf(source)],
    ['symbol', source?.symbol],
    ['repository', source?.repository],
    ['commit', source?.commit],
    ['storedBy', source?.client],
    ['storedFor', source?.person],
    ['supersededBy', memory.supersededBy],
    ['metadata', Object.keys(memory.metadata).length > 0 ? memory.metadata : undefined],
    ['hash', memory.contentHash],
  ];
  return new Map<string, unknown>(fields.filter(([, value]) => value !== undefined && value !== ''));
}

/** A memory as Markdown with its fields as YAML front matter. Values are JSON, which YAML reads. */
export function memoryMarkdown(memory: Memory): string {
  const end = lineEndOf(memory.content);
  const lines = [...fieldsOf(memory)].map(([name, value]) => `${name}: ${yamlOf(value)}`);
  return ['---', ...lines, '---', '', memory.content, ''].join(end);
}

/** What the document of a memory to be stored begins with; the text follows. */
export const newMemoryMarkdown = (project: string | undefined): string =>
  [
    '---',
    'tags: []',
    'type:',
    ...(project === undefined ? [] : [`project: ${yamlOf(project)}`]),
    '---',
    '',
    '',
  ].join('\n');

/** A document has one kind of line end, so that of a text with one kind is the document's. */
const lineEndOf = (content: string): string =>
  content.includes('\r\n') && !/(?<!\r)\n/.test(content) ? '\r\n' : '\n';

/** `:3` for one line, `:3-5` for several. */
const linesOf = ({ lines }: MemorySource): string => (lines ? `:${[...new Set(lines)].join('-')}` : '');

const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Words that YAML takes as they are; everything else is quoted. */
const PLAIN = /^[\p{L}\p{N}_](?:[\p{L}\p{N} _./-]*[\p{L}\p{N}_])?$/u;
/** What YAML would take for something else than text, and a time, which may be one. */
const NOT_TEXT = /^(?:true|false|null|yes|no|on|off|[\d.][\d_.e+-]*|0[xo][\da-f]+)$/i;
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** A value as YAML on one line. */
export function yamlOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlOf).join(', ')}]`;
  const plain =
    typeof value === 'string' && ((PLAIN.test(value) && !NOT_TEXT.test(value)) || TIME.test(value));
  // JSON leaves line ends as they are that YAML, or an editor, would take for some.
  return plain ? value : JSON.stringify(value).replace(UNSEEN, escape);
}

const UNSEEN = /[\u007f-\u00a0\u2028\u2029\ufeff]/gu;
const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
