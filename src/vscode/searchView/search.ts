import * as vscode from 'vscode';
import { MemoryError } from '../../memory/errors.ts';
import type { MemoryFilter, SearchAnswer, SearchQuery } from '../../memory/memory.ts';
import type { CallOptions } from '../../memory/ports.ts';
import type { SearchForm, SearchRequest, SearchResults, TimeProblem } from '../../shared/searchProtocol.ts';
import { describeMode } from '../effectiveMode.ts';
import { describeError } from '../errors.ts';
import type { Services } from '../services.ts';
import { hitRow, listRow, ROW_CONTENT } from './resultRow.ts';
import { filterOf, timeOf } from './searchForm.ts';

/** The store's own limit for one page or one search. */
const STORE_LIMIT = 1000;
/** Sorted by time, the order says nothing about the match: so many of the best are sorted, and there are no more. */
const SORTED_BEST = 200;
/** Characters of a memory that others are compared with: more than the models read. */
const SIMILAR_CONTENT = 2000;

/** Answers one search of the form: by its query, by another memory, or the list of what there is. */
export async function searchForm(
  services: Services,
  request: SearchRequest,
  signal: AbortSignal,
): Promise<SearchResults | TimeProblem> {
  const { form } = request;
  let time;
  try {
    time = await timeOf(form);
  } catch (error) {
    if (MemoryError.is(error, 'invalid-input')) return { timeProblem: describeError(error) };
    throw error;
  }
  const project = (await services.projects.current())?.name;
  const filter = filterOf(form, project, time);
  const results =
    form.query.trim() === '' && form.similarTo === undefined
      ? await list(services, request, filter, { signal })
      : await ranked(services, request, filter, project, { signal });
  const nothingStored = results.rows.length === 0 && (await isEmpty(services, { signal }));
  return { ...results, time: time?.understood, nothingStored };
}

type Found = Omit<SearchResults, 'time' | 'nothingStored'>;

async function list(
  { store }: Services,
  { form, wanted, after }: SearchRequest,
  filter: MemoryFilter,
  options: CallOptions,
): Promise<Found> {
  const order = form.sort === 'oldest' ? 'oldest' : 'newest';
  const total = after === undefined ? store.count(filter, options) : undefined;
  total?.catch(() => undefined);
  const rows = [];
  let next = after;
  do {
    const limit = Math.min(wanted - rows.length, STORE_LIMIT);
    const page = await store.list({ filter, order, limit, after: next, contentLimit: ROW_CONTENT }, options);
    rows.push(...page.items.map(listRow));
    next = page.next;
  } while (next !== undefined && rows.length < wanted);
  return { rows, next, more: next !== undefined, total: await total, way: undefined, reduced: false };
}

async function ranked(
  services: Services,
  { form, wanted, pass }: SearchRequest,
  filter: MemoryFilter,
  project: string | undefined,
  options: CallOptions,
): Promise<Found> {
  const byTime = form.sort !== 'relevance';
  // What others are compared with is found too, and left out.
  const most = byTime ? SORTED_BEST : form.similarTo === undefined ? STORE_LIMIT : STORE_LIMIT - 1;
  const limit = byTime ? most : Math.min(most, wanted);
  const query = { limit, filter, preferProject: project, contentLimit: ROW_CONTENT };
  const answer =
    form.similarTo === undefined
      ? await services.store.search(
          { ...query, query: form.query, mode: pass === 'first' ? 'keyword' : form.mode },
          options,
        )
      : await similar(services, form.similarTo.hash, query, options);
  if (answer.hits.length > 0) services.events.found();
  const sign = form.sort === 'oldest' ? 1 : -1;
  const hits = byTime
    ? [...answer.hits].sort((a, b) => sign * (a.memory.createdAt - b.memory.createdAt))
    : answer.hits;
  const full = hits.length >= limit;
  return {
    rows: hits.map(hitRow),
    next: undefined,
    more: full && limit < most,
    total: full ? undefined : hits.length,
    way: describeMode(answer.mode),
    reduced: answer.mode.reducedBecause !== undefined,
  };
}

/** What is like a memory, itself left out. */
async function similar(
  { store }: Services,
  hash: string,
  query: Omit<SearchQuery, 'query'>,
  options: CallOptions,
): Promise<SearchAnswer> {
  const [memory] = await store.get([hash], options);
  if (memory === undefined)
    throw new MemoryError(
      'not-found',
      vscode.l10n.t('The memory to compare with is not there any more.'),
      vscode.l10n.t('Search by words instead.'),
    );
  const text = memory.content.slice(0, SIMILAR_CONTENT);
  const limit = (query.limit ?? 0) + 1;
  const { hits, mode } = await store.search(
    { ...query, limit, query: text, about: memory, mode: 'meaning' },
    options,
  );
  return { hits: hits.filter((hit) => hit.memory.contentHash !== hash), mode };
}

const isEmpty = async ({ store }: Services, options: CallOptions): Promise<boolean> =>
  (await store.list({ limit: 1, contentLimit: 0 }, options)).items.length === 0;

/** Whether anything of the form says what to look for. */
export const isBlank = ({ query, similarTo, tags, type, time, from, to }: SearchForm): boolean =>
  [query.trim(), type, time.trim(), from, to].every((text) => text === '') &&
  tags.length === 0 &&
  similarTo === undefined;
