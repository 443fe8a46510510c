import {
  EMPTY_FORM,
  type ResultRow,
  type RowAction,
  type SearchChoices,
  type SearchEvents,
  type SearchForm,
  type SearchMethods,
  type SearchResults,
  type SearchState,
} from '../../shared/searchProtocol.ts';
import { type Host, HostError } from '../host.ts';
import { CodeNotes } from './codeNotes.ts';
import { refine } from './refine.ts';
import { chooseOnly, NO_SELECTION, prune, type Selection } from './selection.ts';
import { StateKeeper } from './stateKeeper.ts';

export type SearchHost = Host<SearchMethods, SearchEvents, SearchState>;

/** Typing rests this long before words are looked up, and before meaning is asked too, which costs a model's run. Milliseconds. */
const WORDS_AFTER = 10;
const MEANING_AFTER = 120;
/** Longer than from key to key: hardly a beginning of a time is one. Milliseconds. */
const TIME_AFTER = 250;
const FIRST_ROWS = 50;
/** Rows of each later page of a list; and of a search, which has no pages, in all. */
const PAGE_ROWS = 500;
const MORE_ROWS: readonly number[] = [FIRST_ROWS, 250, 1000];
/** The most rows that a view asks for at once when it is there again; */
const LARGEST = 1000;
/** with a choice among them. One among more is not kept at all, as what is left of it would be taken for the whole. */
const LARGEST_CHOSEN = 10_000;

const NO_CHOICES: SearchChoices = { types: [], projects: [], thisProject: undefined };

/** What the view shows, and how it comes to it. Says by `changed` that it is another. */
export class SearchModel {
  readonly host: SearchHost;
  readonly code: CodeNotes;
  readonly #state: StateKeeper;
  readonly #changed: (rowsBefore: readonly ResultRow[]) => void;
  form: SearchForm = EMPTY_FORM;
  filtersOpen = false;
  choices: SearchChoices = NO_CHOICES;
  rows: readonly ResultRow[] = [];
  selection: Selection = NO_SELECTION;
  /** The latest answer, and the form that it answers. */
  results: SearchResults | undefined;
  answered: SearchForm | undefined;
  timeProblem: string | undefined;
  failure: HostError | undefined;
  busy = false;
  scrollTop = 0;
  /** Rows down to this one have been in sight. */
  seen = 0;
  /** Somebody reads these rows: they keep their places. */
  inUse = false;
  #running = new AbortController();
  #timers: ReturnType<typeof setTimeout>[] = [];
  #paging = false;
  #wanted = FIRST_ROWS;
  #openFirst = false;
  /** Where rows of this search were that are no more. */
  readonly #gone = new Map<string, number>();

  constructor(host: SearchHost, changed: (rowsBefore: readonly ResultRow[]) => void) {
    this.host = host;
    this.#changed = changed;
    this.code = new CodeNotes(
      (hashes) => host.call('codeNotes', hashes),
      () => changed(this.rows),
    );
    this.#state = new StateKeeper(host);
    host.on('changed', () => this.#refresh());
    host.on('filesChanged', () => this.#lookAgain());
    host.on('show', (form) => this.setForm(form));
  }

  /** Shows at once what was there before, and asks the host what is to be shown. */
  async start(): Promise<void> {
    const saved = this.#state.saved();
    if (saved !== undefined) this.#goOn(saved);
    void this.#readChoices();
    const { form } = this;
    const { show, kept, last } = await this.host.call('start', null);
    const newer = this.#state.newer(kept);
    // Typed while this was asked: that counts.
    if (show !== undefined) this.setForm(show);
    else if (form === this.form && newer !== undefined) this.#goOn(newer);
    else if (form === this.form && saved === undefined) this.setForm(last ?? EMPTY_FORM);
  }

  readonly change = (patch: Partial<SearchForm>): void => this.setForm({ ...this.form, ...patch });

  setForm(form: SearchForm): void {
    const typed = form.query !== this.form.query;
    const timeTyped = form.time !== this.form.time && form.time !== '';
    this.form = form;
    this.inUse = false;
    this.#wanted = FIRST_ROWS;
    this.#openFirst = false;
    this.code.forget();
    this.save();
    if (timeTyped) this.#ask(TIME_AFTER, TIME_AFTER);
    else this.#ask(typed ? WORDS_AFTER : 0, typed ? MEANING_AFTER : 0);
  }

  toggleFilters(): void {
    this.filtersOpen = !this.filtersOpen;
    this.save();
    this.#changed(this.rows);
  }

  select(selection: Selection): void {
    this.selection = selection;
    this.inUse = true;
    this.save();
    this.#changed(this.rows);
  }

  /** Acts on memories; what fails is shown by the command itself. */
  async act(action: RowAction, hashes: readonly string[]): Promise<void> {
    if (hashes.length === 0 && action !== 'undoDelete') return;
    this.markUsed();
    try {
      await this.host.call('act', { action, hashes });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Opens the first match, also where its answer is still to come. */
  openFirst(): void {
    const [first] = this.rows;
    if (this.busy) this.#openFirst = true;
    else if (first !== undefined) {
      this.select(chooseOnly(first.hash));
      void this.act('open', [first.hash]);
    }
  }

  /** More rows for somebody who comes near the end of these. */
  loadMore(): void {
    const { results } = this;
    // What failed is asked again by a person, or it would be asked without end.
    if (this.failure !== undefined || results?.more !== true || this.#paging || this.answered !== this.form)
      return;
    if (results.next !== undefined) void this.#page(results.next);
    else {
      this.#wanted = MORE_ROWS.find((rows) => rows > this.rows.length) ?? PAGE_ROWS;
      this.inUse = true;
      this.#paging = true;
      this.#ask(0, 0);
    }
  }

  readonly retry = (): void => {
    this.failure = undefined;
    this.#refresh();
  };

  async history(): Promise<void> {
    const form = await this.host.call('history', this.form).catch((error: unknown) => this.#fail(error));
    if (form !== undefined) this.setForm({ ...EMPTY_FORM, ...form });
  }

  /** The search was of use. */
  markUsed(): void {
    void this.host.call('used', this.form).catch(() => undefined);
  }

  save(): void {
    const { form, filtersOpen, scrollTop, selection, rows } = this;
    const { active, chosen } = selection;
    this.#state.save({
      form,
      filtersOpen,
      scrollTop,
      active,
      chosen: chosen.size > 1 && rows.length > LARGEST_CHOSEN ? [] : [...chosen],
      rows: rows.length,
    });
  }

  #goOn({ form, filtersOpen, scrollTop, active, chosen, rows }: SearchState): void {
    this.form = { ...EMPTY_FORM, ...form };
    this.filtersOpen = filtersOpen;
    this.scrollTop = scrollTop;
    this.selection = { active, anchor: active, chosen: new Set(chosen) };
    this.#wanted = Math.max(FIRST_ROWS, Math.min(rows, chosen.length > 1 ? LARGEST_CHOSEN : LARGEST));
    this.inUse = scrollTop > 0;
    this.answered = undefined;
    this.#ask(0, 0);
  }

  #lookAgain(): void {
    this.code.forget();
    this.#changed(this.rows);
  }

  /** The memories are others: what was in sight or is chosen is asked for again. */
  #refresh(): void {
    this.code.forget();
    void this.#readChoices();
    const rows = this.selection.chosen.size > 1 ? this.rows.length : Math.min(this.rows.length, this.seen);
    this.#wanted = Math.max(this.#wanted, rows);
    this.#ask(0, 0);
  }

  /** Asks anew: by words soon, and as the form says a little later. What was asked before is dropped. */
  #ask(wordsAfter: number, meaningAfter: number): void {
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    for (const timer of this.#timers) clearTimeout(timer);
    const { query, mode, similarTo } = this.form;
    const isList = query.trim() === '' && similarTo === undefined;
    const twice = mode === 'hybrid' && !isList && similarTo === undefined && this.answered !== this.form;
    const later = (after: number, pass: 'first' | 'full'): void => {
      this.#timers.push(setTimeout(() => void this.#search(pass, signal), after));
    };
    this.#timers = [];
    if (twice) later(wordsAfter, 'first');
    later(twice || mode === 'meaning' ? meaningAfter : wordsAfter, 'full');
    this.busy = true;
    this.#changed(this.rows);
  }

  async #search(pass: 'first' | 'full', signal: AbortSignal): Promise<void> {
    const { form } = this;
    try {
      const request = { form, wanted: this.#wanted, after: undefined, pass };
      const answer = await this.host.call('search', request, signal);
      if (signal.aborted || (pass === 'first' && this.answered === form && !this.busy)) return;
      if (pass === 'full') this.#finished();
      if ('timeProblem' in answer) {
        this.timeProblem = answer.timeProblem;
        this.#changed(this.rows);
      } else this.#show(form, answer, pass);
    } catch (error) {
      // The full pass says what is the matter.
      if (signal.aborted || pass === 'first') return;
      this.#finished();
      this.#fail(error);
    }
  }

  #finished(): void {
    this.busy = false;
    this.#paging = false;
  }

  #show(form: SearchForm, answer: SearchResults, pass: 'first' | 'full'): void {
    const before = this.rows;
    const again = this.answered === form;
    // The first pass finds nothing where only meaning will: the full one says so.
    if (pass === 'first' && answer.rows.length === 0) return;
    if (!again && this.answered !== undefined) {
      this.selection = NO_SELECTION;
      this.scrollTop = 0;
    }
    // A list has an order of its own: there the place in it is kept, not the rows' places.
    if (!again) this.#gone.clear();
    this.rows = refine(before, answer.rows, this.inUse && again && answer.way !== undefined, this.#gone);
    const now = new Set(this.rows.map(({ hash }) => hash));
    if (again)
      for (const [place, { hash }] of before.entries()) if (!now.has(hash)) this.#gone.set(hash, place);
    this.selection = prune(
      this.selection,
      before.map(({ hash }) => hash),
      this.rows.map(({ hash }) => hash),
    );
    this.results = answer;
    this.answered = form;
    this.failure = undefined;
    this.timeProblem = undefined;
    this.#changed(before);
    if (this.#openFirst && pass === 'full') {
      this.#openFirst = false;
      this.openFirst();
    }
  }

  async #page(after: string): Promise<void> {
    const { form } = this;
    const { signal } = this.#running;
    this.#paging = true;
    try {
      const request = { form, wanted: PAGE_ROWS, after, pass: 'full' } as const;
      const answer = await this.host.call('search', request, signal);
      if (signal.aborted || 'timeProblem' in answer) return;
      const before = this.rows;
      const known = new Set(before.map(({ hash }) => hash));
      this.rows = [...before, ...answer.rows.filter(({ hash }) => !known.has(hash))];
      this.results = { ...answer, total: this.results?.total };
      this.#paging = false;
      this.#changed(before);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    } finally {
      this.#paging = false;
    }
  }

  async #readChoices(): Promise<void> {
    try {
      this.choices = await this.host.call('choices', null);
      this.#changed(this.rows);
    } catch {
      // The search itself says what is the matter.
    }
  }

  #fail(error: unknown): undefined {
    this.failure =
      error instanceof HostError
        ? error
        : new HostError({ message: String(error), code: undefined, action: undefined });
    this.#changed(this.rows);
  }
}
