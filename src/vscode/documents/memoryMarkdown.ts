import type { Memory, MemorySource } from '../../memory/memory.ts';
import { plainTagsOf, projectsOf } from '../../memory/projects.ts';

/** A memory as Markdown with its fields as YAML front matter. Values are JSON, which YAML reads. */
export function memoryMarkdown(memory: Memory): string {
  const { source } = memory;
  const fields: readonly (readonly [string, unknown])[] = [
    ['tags', plainTagsOf(memory.tags)],
    ['type', memory.memoryType],
    ['project', projectsOf(memory.tags).join(', ') || undefined],
    ['created', isoTime(memory.createdAt)],
    ['updated', memory.updatedAt === memory.createdAt ? undefined : isoTime(memory.updatedAt)],
    ['deleted', memory.deletedAt === undefined ? undefined : isoTime(memory.deletedAt)],
    ['pinned', memory.pinned || undefined],
    ['localOnly', memory.localOnly || undefined],
    ['source', source?.path && source.path + linesOf(source)],
    ['repository', source?.repository],
    ['storedBy', source?.client],
    ['storedFor', source?.person],
    ['supersededBy', memory.supersededBy],
    ['metadata', Object.keys(memory.metadata).length > 0 ? memory.metadata : undefined],
    ['hash', memory.contentHash],
  ];
  const lines = fields.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}: ${yaml(value)}`],
  );
  return `---\n${lines.join('\n')}\n---\n\n${memory.content}\n`;
}

/** `:3` for one line, `:3-5` for several. */
const linesOf = ({ lines }: MemorySource): string => (lines ? `:${[...new Set(lines)].join('-')}` : '');

const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Words that YAML takes as they are; everything else is quoted. */
const PLAIN = /^[\p{L}\p{N}_](?:[\p{L}\p{N} _./-]*[\p{L}\p{N}_])?$/u;
/** What YAML would take for something else than text, and a time, which may be one. */
const NOT_TEXT = /^(?:true|false|null|yes|no|on|off|[\d.][\d_.e+-]*|0[xo][\da-f]+)$/i;
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function yaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yaml).join(', ')}]`;
  const plain =
    typeof value === 'string' && ((PLAIN.test(value) && !NOT_TEXT.test(value)) || TIME.test(value));
  return plain ? value : JSON.stringify(value);
}
