import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import type { RowAction } from '../../shared/searchProtocol.ts';
import { t } from '../l10n.ts';
import { filterCount, filters, select, withoutFilters } from './filters.ts';
import { emptyNotice, failureNotice, noticeBlock, noticeLine } from './notices.ts';
import { ResultList } from './resultList.ts';
import type { SearchModel } from './searchModel.ts';
import { chooseOnly, NO_SELECTION } from './selection.ts';
import { TagField } from './tagField.ts';

/** As many as a line can show. */
const TAGS_NAMED = 20;

/** The whole page: the field, the filters, a line about the results, and the rows or what is there in their place. */
export class SearchPage {
  readonly list: ResultList;
  readonly #model: SearchModel;
  readonly #tagField: TagField;
  readonly #field = createRef<HTMLInputElement>();
  readonly #redraw: () => void;

  constructor(model: SearchModel, redraw: () => void) {
    this.#model = model;
    this.#redraw = redraw;
    this.list = new ResultList(model, redraw, () => this.focusField());
    this.#tagField = new TagField({
      tags: () => model.form.tags,
      change: (tags) => model.change({ tags }),
      suggest: (text, signal) => model.host.call('tags', text, signal),
      redraw,
    });
  }

  template(): TemplateResult {
    const model = this.#model;
    const { rows, filtersOpen, failure } = model;
    const notice = rows.length === 0 || this.#isStale ? emptyNotice(model, this.#isStale) : undefined;
    const line = rows.length > 0 && failure !== undefined ? failureNotice(model) : undefined;
    return html`<div class="page" @keydown=${(event: KeyboardEvent) => this.#key(event)}>
      <h1 class="visually-hidden">${t('Search memories')}</h1>
      <div class=${model.busy ? 'progress busy' : 'progress'}></div>
      ${this.#bar()} ${filtersOpen ? filters(model, this.#tagField, this.#redraw) : this.#filterLine()}
      ${this.#similarLine()} ${line === undefined ? this.#status() : noticeLine(line)}
      ${
        rows.length > 0 && (notice === undefined || failure !== undefined)
          ? this.list.template()
          : html`<div class="nothing">${notice === undefined ? nothing : noticeBlock(notice)}</div>`
      }
    </div>`;
  }

  focusField(): void {
    this.#field.value?.focus();
    this.#field.value?.select();
  }

  /** The rows answer something that is not asked any more, and never will; while a time is typed, it still may. */
  get #isStale(): boolean {
    return this.#model.timeProblem !== undefined && document.activeElement?.id !== 'time';
  }

  #bar(): TemplateResult {
    const { form, filtersOpen } = this.#model;
    const count = filterCount(form);
    const label = count === 0 ? t('Filters') : t('Filters ({0} on)', count);
    return html`<div class="bar" role="search">
      <div class="query">
        <input
          type="text"
          id="query"
          autocomplete="off"
          spellcheck="false"
          aria-label=${t('Search memories')}
          placeholder=${t('Search by words or meaning')}
          .value=${form.query}
          ${ref(this.#field)}
          @input=${(event: Event) => this.#model.change({ query: (event.target as HTMLInputElement).value, similarTo: undefined })}
          @keydown=${(event: KeyboardEvent) => this.#fieldKey(event)}
        />
        ${
          form.query === ''
            ? nothing
            : html`<button
                class="icon codicon codicon-close"
                aria-label=${t('Clear the query')}
                title=${t('Clear')}
                @click=${() => this.#clear()}
              ></button>`
        }
        <button
          class="icon codicon codicon-history"
          aria-label=${t('Recent and saved searches')}
          title=${t('Recent and Saved Searches')}
          @click=${() => void this.#model.history()}
        ></button>
        <button
          class=${`icon codicon codicon-filter${count > 0 ? '-filled' : ''}`}
          aria-label=${label}
          title=${label}
          aria-expanded=${filtersOpen}
          aria-controls=${filtersOpen ? 'filters' : nothing}
          @click=${() => this.#model.toggleFilters()}
        ></button>
      </div>
    </div>`;
  }

  /** What narrows the search down while the filters are out of sight. */
  #filterLine(): TemplateResult | typeof nothing {
    const { form, results, choices } = this.#model;
    if (filterCount(form) === 0) return nothing;
    const parts = [
      ...(form.mode === 'hybrid'
        ? []
        : [{ keyword: t('Words'), meaning: t('Meaning'), exact: t('Exact text') }[form.mode]]),
      ...form.tags.slice(0, TAGS_NAMED).map((tag) => `#${tag}`),
      form.tags.length > TAGS_NAMED ? t('{0} more tags', form.tags.length - TAGS_NAMED) : '',
      form.type,
      form.scope === 'this' ? (choices.thisProject ?? t('This project')) : form.project,
      form.time.trim() === '' ? (results?.time ?? '') : form.time.trim(),
    ];
    return html`<div class="filter-line">
      <span class="codicon codicon-filter-filled" aria-hidden="true"></span>
      <span class="ellipsis" dir="auto">${parts.filter((part) => part !== '').join(' · ')}</span>
      <button class="link" @click=${() => this.#model.change(withoutFilters(form))}>${t('Clear')}</button>
    </div>`;
  }

  #similarLine(): TemplateResult | typeof nothing {
    const { similarTo } = this.#model.form;
    if (similarTo === undefined) return nothing;
    return html`<div class="filter-line">
      <span class="codicon codicon-sparkle" aria-hidden="true"></span>
      <span class="ellipsis" dir="auto">${t('Similar to “{0}”', similarTo.label)}</span>
      <button class="link" @click=${() => this.#model.change({ similarTo: undefined })}>${t('Clear')}</button>
    </div>`;
  }

  #status(): TemplateResult {
    const { selection, form, rows } = this.#model;
    const several = selection.chosen.size > 1;
    return html`<div class="status">
      <span class="ellipsis" role="status" title=${this.#wayText()}
        >${several ? this.#chosenText() : this.#countText()}</span
      >
      ${
        several
          ? html`${this.#bulk('editTags', 'tag', t('Edit Tags'))} ${this.#bulk('copy', 'copy', t('Copy'))}
              ${this.#bulk('attach', 'attach', t('Attach to Chat'))}
              ${this.#bulk('export', 'export', t('Export…'))} ${this.#bulk('delete', 'trash', t('Delete'))}
              <button
                class="icon codicon codicon-clear-all"
                aria-label=${t('Clear the selection')}
                title=${t('Clear the Selection')}
                @click=${() => this.#clearSelection()}
              ></button>`
          : rows.length === 0
            ? nothing
            : select(
                'sort',
                form.query.trim() === '' && form.similarTo === undefined && form.sort === 'relevance'
                  ? 'newest'
                  : form.sort,
                [
                  ...(form.query.trim() === '' && form.similarTo === undefined
                    ? []
                    : [['relevance', t('Best first')] as const]),
                  ['newest', t('Newest first')],
                  ['oldest', t('Oldest first')],
                ],
                (sort) => this.#model.change({ sort }),
                t('Order'),
              )
      }
    </div>`;
  }

  #chosenText(): string {
    return t('{0} of {1} selected', this.#model.selection.chosen.size.toLocaleString(), this.#countShort());
  }

  /** More may match than will ever be listed. */
  get #isCut(): boolean {
    const { results, rows } = this.#model;
    return results !== undefined && rows.length > 0 && results.total === undefined && !results.more;
  }

  #wayText(): string {
    const way = this.#model.results?.way ?? '';
    return this.#isCut ? `${way}. ${t('More may match: narrow the search down to see others.')}` : way;
  }

  #countShort(): string {
    const { results, rows } = this.#model;
    return results !== undefined && results.total === undefined
      ? `${rows.length.toLocaleString()}+`
      : (results?.total ?? rows.length).toLocaleString();
  }

  #countText(): string {
    const { results, busy, answered, form, rows } = this.#model;
    if (results === undefined || (busy && answered !== form && rows.length === 0)) return t('Searching…');
    const count = this.#isCut
      ? t('The best {0} memories', rows.length.toLocaleString())
      : results.total === 1
        ? t('1 memory')
        : t('{0} memories', this.#countShort());
    return results.way === undefined ? count : `${count} · ${results.way}`;
  }

  #bulk(action: RowAction, icon: string, label: string): TemplateResult {
    return html`<button
      class=${`icon codicon codicon-${icon}`}
      aria-label=${label}
      title=${label}
      @click=${() => void this.#model.act(action, [...this.#model.selection.chosen])}
    ></button>`;
  }

  #clear(): void {
    this.#model.change({ query: '' });
    this.focusField();
  }

  #clearSelection(): void {
    const { active } = this.#model.selection;
    this.#model.select(active === undefined ? NO_SELECTION : chooseOnly(active));
    this.list.focus();
  }

  #fieldKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown') this.list.focus();
    else if (event.key === 'Enter') this.#model.openFirst();
    else if (event.key === 'Escape' && this.#model.form.query !== '') this.#clear();
    else return;
    event.preventDefault();
  }

  /** `/` leads to the field from everywhere but fields. */
  #key(event: KeyboardEvent): void {
    const isField = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key !== '/' || isField || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.focusField();
  }
}
