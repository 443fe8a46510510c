import type { CallOptions, SqlDatabase, SqlRow, SqlStatement } from '../ports.ts';
import {
  containing,
  containingExactly,
  type KeywordQuery,
  matching,
  matchingIfFew,
  taggedWith,
} from './keywordStatements.ts';
import { scanForWords } from './plainScan.ts';
import { anyOf } from './queryTerms.ts';
import { WordFrequencies } from './wordFrequencies.ts';

/** Content hashes, best first, and how much a place in this list counts. */
export interface RankedList {
  readonly weight: number;
  readonly hashes: readonly string[];
}

export interface KeywordAnswer {
  /** Lists without a hit are left out. */
  readonly lists: readonly RankedList[];
  /** The rows of the companions that were read along. */
  readonly companions: SqlRow[][];
}

const WEIGHT = { words: 1, substrings: 0.3, short: 1, tags: 0.5 };

interface Part extends SqlStatement {
  readonly weight: number;
}

const hashesOf = (rows: readonly SqlRow[]): string[] => rows.map((row) => String(row['hash']));

export class KeywordSearch {
  readonly #sql: SqlDatabase;
  readonly #frequencies = new WordFrequencies();

  constructor(sql: SqlDatabase) {
    this.#sql = sql;
  }

  get way(): 'full-text' | 'plain-scan' {
    return this.#sql.features.fullText ? 'full-text' : 'plain-scan';
  }

  /** One read of a remote database, whatever is asked; of a near one, no more than what is needed. */
  async search(
    query: KeywordQuery,
    companions: readonly SqlStatement[] = [],
    options?: CallOptions,
  ): Promise<KeywordAnswer> {
    const { fullText, remote } = this.#sql.features;
    const { words } = query.terms;
    if (fullText && !remote && words.length > 1) await this.#frequencies.ask(this.#sql, words, options);
    const parts = this.#parts(query);
    const counts = fullText && remote ? this.#frequencies.statements(words) : [];
    const statements = [...parts, ...counts, ...companions].map(({ sql, params = [] }) => ({ sql, params }));
    const rows = statements.length === 0 ? [] : await this.#sql.read(statements, options);
    if (counts.length > 0)
      this.#frequencies.learn(words, rows.slice(parts.length, parts.length + counts.length));

    const lists: RankedList[] = parts.map(({ weight }, i) => ({ weight, hashes: hashesOf(rows[i] ?? []) }));
    if (!fullText)
      lists.push({ weight: WEIGHT.words, hashes: await scanForWords(this.#sql, query, options) });
    else if (!remote && distinct(lists) < query.wanted)
      lists.push(...(await this.#partsOfWords(query, options)));
    return {
      lists: lists.filter(({ hashes }) => hashes.length > 0),
      companions: rows.slice(parts.length + counts.length),
    };
  }

  async exact(query: KeywordQuery, options?: CallOptions): Promise<string[]> {
    // No memory has U+0000, at which SQL text ends.
    if (query.text.includes('\u0000')) return [];
    const [rows = []] = await this.#sql.read(
      [containingExactly(query, this.#sql.features.fullText)],
      options,
    );
    return hashesOf(rows);
  }

  #parts(query: KeywordQuery): Part[] {
    const { terms } = query;
    const { fullText, remote } = this.#sql.features;
    const parts: Part[] = [];
    const words = this.#frequencies.rarest(terms.words, query.wanted);
    if (fullText && words.length > 0)
      parts.push({ weight: WEIGHT.words, ...matching('em_words', rankedByAll(words, terms.words), query) });
    if (fullText && terms.substrings.length > 0)
      parts.push({ weight: WEIGHT.substrings, ...matching('em_trigrams', anyOf(terms.substrings), query) });
    // Without an index every sign is looked for in the text itself; of a pasted page, the first ones.
    const inText = fullText ? terms.short : [...terms.short, ...terms.substrings].slice(0, 16);
    if (inText.length > 0) parts.push({ weight: WEIGHT.short, ...containing(inText, query) });
    if (terms.words.length > 0) parts.push({ weight: WEIGHT.tags, ...taggedWith(terms.words, query) });
    const inside = partsToFind(query);
    if (fullText && remote && inside.length > 0)
      parts.push({ weight: WEIGHT.substrings, ...matchingIfFew(anyOf(inside), anyOf(terms.words), query) });
    return parts;
  }

  async #partsOfWords(query: KeywordQuery, options?: CallOptions): Promise<RankedList[]> {
    const inside = partsToFind(query);
    if (inside.length === 0) return [];
    const [rows = []] = await this.#sql.read([matching('em_trigrams', anyOf(inside), query)], options);
    return [{ weight: WEIGHT.substrings, hashes: hashesOf(rows) }];
  }
}

/** Few hits by whole words: words may be parts of longer ones, as `config` of `tsconfig`. */
const partsToFind = ({ terms }: KeywordQuery): string[] =>
  terms.words.filter((word) => Array.from(word).length >= 3 && !terms.substrings.includes(word));

/**
 * Memories with one of the rarest words, ranked by all of them: to rank also those with frequent words alone takes
 * three times as long, and few of them would come first.
 */
const rankedByAll = (rarest: readonly string[], words: readonly string[]): string =>
  rarest.length === words.length ? anyOf(words) : `(${anyOf(rarest)}) AND (${anyOf(words)})`;

const distinct = (lists: readonly RankedList[]): number =>
  new Set(lists.flatMap(({ hashes }) => hashes)).size;
