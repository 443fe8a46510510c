/** What the search webview and its host say to each other. */

export type SearchMode = 'hybrid' | 'keyword' | 'meaning' | 'exact';
export type SearchSort = 'relevance' | 'newest' | 'oldest';

/** What a person has filled in. Outlives the view, and is what a saved search saves. */
export interface SearchForm {
  readonly query: string;
  readonly mode: SearchMode;
  readonly sort: SearchSort;
  readonly tags: readonly string[];
  readonly tagMatch: 'any' | 'all';
  /** Empty: every type. */
  readonly type: string;
  readonly scope: 'all' | 'this' | 'one';
  /** The project of scope `one`. */
  readonly project: string;
  /** Free text such as “last week”. */
  readonly time: string;
  /** ISO days, both inclusive; empty: open. They count where `time` is empty. */
  readonly from: string;
  readonly to: string;
  /** Memories like this one are wanted, whatever the query. */
  readonly similarTo: { readonly hash: string; readonly label: string } | undefined;
}

export const EMPTY_FORM: SearchForm = {
  query: '',
  mode: 'hybrid',
  sort: 'relevance',
  tags: [],
  tagMatch: 'any',
  type: '',
  scope: 'all',
  project: '',
  time: '',
  from: '',
  to: '',
  similarTo: undefined,
};

/** What outlives a hidden or reloaded view. */
export interface SearchState {
  /** Of the view. */
  readonly id: string;
  /** When it was so. Milliseconds since the epoch. */
  readonly at: number;
  readonly form: SearchForm;
  readonly filtersOpen: boolean;
  readonly scrollTop: number;
  readonly active: string | undefined;
  readonly chosen: readonly string[];
  /** How many rows were there: as many are asked for again. */
  readonly rows: number;
}

/** A memory as a row shows it: plain text, without characters that are not seen or turn the direction. */
export interface ResultRow {
  readonly hash: string;
  /** Its first line; undefined where `text` begins with it. */
  readonly title: string | undefined;
  readonly text: string;
  /** [start, end) in UTF-16 code units of `text`, ascending. */
  readonly marks: readonly (readonly [number, number])[];
  readonly truncatedBefore: boolean;
  readonly tags: readonly string[];
  /** How many tags are left out of `tags`. */
  readonly moreTags: number;
  readonly type: string | undefined;
  readonly projects: readonly string[];
  /** “3 hr. ago”, and the whole date. */
  readonly age: string;
  readonly date: string;
  readonly pinned: boolean;
  readonly localOnly: boolean;
  readonly superseded: boolean;
  /** It was made from lines of a file. */
  readonly fromCode: boolean;
  /** 0…1; undefined in a list that no query ranks. */
  readonly score: number | undefined;
  /** Why it matched, for a person to read. */
  readonly why: string | undefined;
}

export interface SearchRequest {
  readonly form: SearchForm;
  /** Rows wanted, where there are as many. */
  readonly wanted: number;
  /** `next` of an answer without a query: the rows after those. */
  readonly after: string | undefined;
  /** `first`: as soon as possible, by words alone. `full`: as the form says. */
  readonly pass: 'first' | 'full';
}

export interface SearchResults {
  readonly rows: readonly ResultRow[];
  /** Whether asking for more rows will give more. */
  readonly more: boolean;
  /** For `after`, where no query ranks the rows. */
  readonly next: string | undefined;
  /** How many match in all; undefined: more than these may. */
  readonly total: number | undefined;
  /** How it was searched, for a person to read; undefined for a list. */
  readonly way: string | undefined;
  /** Whether it was searched with less than was asked. */
  readonly reduced: boolean;
  /** What was understood of the time; undefined without one. */
  readonly time: string | undefined;
  /** Nothing at all is stored. */
  readonly nothingStored: boolean;
}

/** The time could not be understood: nothing was searched. For a person to read. */
export interface TimeProblem {
  readonly timeProblem: string;
}

export interface Choice {
  readonly name: string;
  readonly count: number;
}

export interface SearchChoices {
  readonly types: readonly Choice[];
  readonly projects: readonly Choice[];
  /** The project of the window. */
  readonly thisProject: string | undefined;
}

/** The code that a memory was made from is not what it was. */
export interface CodeNote {
  readonly hash: string;
  /** For a person to read. */
  readonly what: string;
  /** `changed`: the memory can be updated, or said to be still true; `missing`: its file is gone. */
  readonly kind: 'changed' | 'missing';
}

export type RowAction =
  | 'preview'
  | 'open'
  | 'copy'
  | 'insert'
  | 'attach'
  | 'editTags'
  | 'delete'
  | 'undoDelete'
  | 'export'
  | 'reveal'
  | 'updateFromCode'
  | 'stillTrue';

export interface SearchMethods {
  /**
   * What the view is to show at first, once; what was kept of it, where it is one that was there before; and the form
   * that was last filled in, in this window or before it.
   */
  readonly start: (argument: null) => {
    readonly show?: SearchForm;
    readonly kept?: SearchState;
    readonly last?: SearchForm;
  };
  readonly search: (request: SearchRequest) => SearchResults | TimeProblem;
  readonly choices: (argument: null) => SearchChoices;
  /** Known tags that begin with the text, most used first. */
  readonly tags: (text: string) => readonly Choice[];
  /** Resolves when it is done, or was left. */
  readonly act: (argument: { readonly action: RowAction; readonly hashes: readonly string[] }) => void;
  /** Of memories that were made from code: those whose code is not what it was. */
  readonly codeNotes: (hashes: readonly string[]) => readonly CodeNote[];
  /** Keeps what the view shows over a reload of the window. */
  readonly keep: (state: SearchState) => void;
  /** The search was of use: it becomes a recent one. */
  readonly used: (form: SearchForm) => void;
  /** Lets a person choose a recent or saved search, or save this one; undefined when they leave. */
  readonly history: (form: SearchForm) => SearchForm | undefined;
  readonly storeMemory: (draft: string) => void;
  /** Runs what a failure offered. */
  readonly runOffered: (command: string) => void;
}

export interface SearchEvents {
  /** The memories changed. */
  readonly changed: null;
  /** Files changed: what was said of the code of memories may hold no more. */
  readonly filesChanged: null;
  /** Something else wants this to be searched. */
  readonly show: SearchForm;
  /** The view was asked for: what is typed goes into the field. */
  readonly focusField: null;
}
