import { MemoryError } from '../../memory/errors.ts';
import type { MemoryFilter } from '../../memory/memory.ts';
import type { UnderstoodTime } from '../../memory/timeExpression.ts';
import { EMPTY_FORM, type SearchForm } from '../../shared/searchProtocol.ts';

/** The time of a form as the engine understands it; undefined where none is given. Throws what it can't understand. */
export async function timeOf({ time, from, to }: SearchForm): Promise<UnderstoodTime | undefined> {
  const text = time.trim() === '' ? between(from, to) : time;
  if (text === '') return undefined;
  const { parseTimeRange } = await import('../../memory/timeExpression.ts');
  return parseTimeRange(text);
}

/** Days as a time expression, both of them included. */
function between(from: string, to: string): string {
  if (from !== '' && to !== '') return from <= to ? `between ${from} and ${to}` : `between ${to} and ${from}`;
  if (from !== '') return `since ${from}`;
  return to === '' ? '' : `until ${to}`;
}

/** The filter of a form; `project` is that of the window. */
export function filterOf(
  form: SearchForm,
  project: string | undefined,
  time: UnderstoodTime | undefined,
): MemoryFilter {
  const wanted = form.scope === 'this' ? project : form.scope === 'one' ? form.project : undefined;
  if (form.scope === 'this' && project === undefined)
    throw new MemoryError(
      'invalid-input',
      'No folder is open, so there is no project.',
      'Choose another project, or open a folder.',
    );
  return {
    ...(form.tags.length > 0 && { tags: form.tags, tagMatch: form.tagMatch }),
    ...(form.type !== '' && { memoryType: form.type }),
    ...(wanted !== undefined && wanted !== '' && { project: wanted }),
    ...(time !== undefined && { time: time.range }),
  };
}

/** What was saved by another version, or by hand, made a form again. */
export function formOf(value: unknown): SearchForm {
  const saved = (typeof value === 'object' && value !== null ? value : {}) as Partial<SearchForm>;
  return { ...EMPTY_FORM, ...saved, tags: Array.isArray(saved.tags) ? saved.tags.map(String) : [] };
}

/** Two forms that search for the same. */
export const sameForm = (a: SearchForm, b: SearchForm): boolean => identity(a) === identity(b);

const identity = (form: SearchForm): string =>
  JSON.stringify([
    ...[form.query.trim(), form.mode, form.sort, form.tags, form.tags.length > 1 && form.tagMatch, form.type],
    ...[form.scope, form.scope === 'one' && form.project, form.time.trim(), form.from, form.to],
    form.similarTo?.hash,
  ]);
