import { LRUCache } from 'lru-cache';
import { shareOf } from '../answerSize.ts';
import { chunksOf } from '../chunking.ts';
import { MemoryError } from '../errors.ts';
import { compileFilter, isOpen, selectIds } from '../filters.ts';
import type { EffectiveMode, Memory, SearchAnswer, SearchHit, SearchMode, SearchQuery } from '../memory.ts';
import type {
  CallOptions,
  Embedder,
  SqlDatabase,
  SqlRow,
  SqlStatement,
  VectorIndex,
  VectorMatch,
} from '../ports.ts';
import { projectsOf } from '../projects.ts';
import { selectRecords, toRecord } from '../records.ts';
import { normaliseTag } from '../tags.ts';
import { beginningOf, utf8Length } from '../text.ts';
import { fuse } from './fusion.ts';
import { type KeywordAnswer, KeywordSearch, type RankedList } from './keywordSearch.ts';
import type { KeywordQuery } from './keywordStatements.ts';
import { queryTermsOf } from './queryTerms.ts';
import { SnippetMaker } from './snippets.ts';

export const DEFAULT_LIMIT = 10;
/** Candidates of each list, at least. */
const CANDIDATES = 50;
/** A superseded memory stays findable, further below; and by all means below what replaced it. */
const SUPERSEDED = 0.5;
const BELOW = 0.99;
/** Among equals, those of the preferred project come first. */
const PREFERRED = 1.25;

interface Meaning {
  readonly matches: readonly VectorMatch[];
  readonly mode: Pick<EffectiveMode, 'meaning' | 'reducedBecause'>;
}

interface Ranked {
  readonly hash: string;
  readonly score: number;
}

const NO_KEYWORDS: KeywordAnswer = { lists: [], companions: [] };

export class Searcher {
  readonly #sql: SqlDatabase;
  readonly #vectors: VectorIndex;
  readonly #embedder: Embedder;
  readonly #keywords: KeywordSearch;
  /** Vectors of the latest questions: typing and paging ask the same ones again. */
  readonly #questions = new LRUCache<string, Float32Array>({ max: 200 });

  constructor(sql: SqlDatabase, vectors: VectorIndex, embedder: Embedder) {
    this.#sql = sql;
    this.#vectors = vectors;
    this.#embedder = embedder;
    this.#keywords = new KeywordSearch(sql);
  }

  /** What a search in this mode would do now. */
  modeFor(mode: SearchMode): EffectiveMode {
    const keyword = mode === 'exact' ? 'substring' : mode === 'meaning' ? 'off' : this.#keywords.way;
    return {
      keyword,
      meaning: mode === 'hybrid' || mode === 'meaning' ? this.#embedder.model.label : undefined,
    };
  }

  async search(query: SearchQuery, options: CallOptions = {}): Promise<SearchAnswer> {
    const text = query.query.trim().toWellFormed();
    if (text === '')
      throw new MemoryError(
        'invalid-input',
        'There is nothing to search for.',
        'Type some words, or list the memories.',
      );
    const limit = query.limit ?? DEFAULT_LIMIT;
    const filter = query.filter ?? {};
    const keywordQuery: KeywordQuery = {
      text,
      terms: queryTermsOf(text),
      filter,
      condition: compileFilter(filter),
      candidates: Math.max(CANDIDATES, limit * 2),
      wanted: limit,
    };
    return query.mode === 'exact'
      ? this.#exact(query, keywordQuery, options)
      : this.#ranked(query, query.mode ?? 'hybrid', keywordQuery, options);
  }

  async #exact(query: SearchQuery, keywordQuery: KeywordQuery, options: CallOptions): Promise<SearchAnswer> {
    const hashes = await this.#keywords.exact(keywordQuery, options);
    const ranked = hashes.map((hash) => ({ hash, score: 1 }));
    const hits = await this.#hits(query, keywordQuery, ranked, [], () => 'exact', options);
    return { hits, mode: this.modeFor('exact') };
  }

  async #ranked(
    query: SearchQuery,
    mode: 'hybrid' | 'keyword' | 'meaning',
    keywordQuery: KeywordQuery,
    options: CallOptions,
  ): Promise<SearchAnswer> {
    const { model } = this.#embedder;
    const understood = mode !== 'keyword' && model.understands(keywordQuery.text);
    const within = isOpen(keywordQuery.filter) ? undefined : selectIds(keywordQuery.condition);
    const companions = understood ? (this.#vectors.companionReads?.(within) ?? []) : [];
    // Where the model can't read the question, words are better than nothing.
    const keywords =
      mode === 'meaning' && understood
        ? this.#readAlone(companions, options)
        : this.#keywords.search(keywordQuery, companions, options);
    const [{ lists }, meaning] = await Promise.all([
      keywords,
      understood
        ? this.#meaning(keywordQuery, within, keywords, mode, options)
        : { matches: [], mode: this.#notUnderstood(mode) },
    ]);
    // No word and no meaning, as in `!!!`: what is left is the text as it stands.
    const exact =
      lists.length === 0 && meaning.mode.meaning === undefined
        ? await this.#keywords.exact(keywordQuery, options)
        : [];
    const found: readonly RankedList[] = exact.length > 0 ? [{ weight: 1, hashes: exact }] : lists;
    const done = exact.length > 0 ? 'exact' : understood ? mode : 'keyword';

    const byKeyword = new Set(found.flatMap(({ hashes }) => hashes));
    const byMeaning = new Set(meaning.matches.map(({ contentHash }) => contentHash));
    const why = (hash: string) =>
      !byMeaning.has(hash) ? 'keyword' : byKeyword.has(hash) ? 'both' : 'meaning';
    const ranked = this.#rank(found, meaning.matches);
    const hits = await this.#hits(query, keywordQuery, ranked, meaning.matches, why, options);
    return {
      hits,
      mode: { ...this.modeFor(done), ...meaning.mode },
      ...(meaning.mode.meaning !== undefined && { duplicateSimilarity: model.duplicateSimilarity }),
    };
  }

  async #readAlone(statements: readonly SqlStatement[], options: CallOptions): Promise<KeywordAnswer> {
    if (statements.length === 0) return NO_KEYWORDS;
    return { lists: [], companions: await this.#sql.read(statements, options) };
  }

  #notUnderstood(mode: SearchMode): Meaning['mode'] {
    if (mode === 'keyword') return { meaning: undefined };
    return {
      meaning: undefined,
      reducedBecause: `keyword only: ${this.#embedder.model.label} does not know this language`,
    };
  }

  async #meaning(
    { text, candidates }: KeywordQuery,
    within: SqlStatement | undefined,
    keywords: Promise<KeywordAnswer>,
    mode: SearchMode,
    options: CallOptions,
  ): Promise<Meaning> {
    const { model } = this.#embedder;
    const companions: Promise<SqlRow[][]> = keywords.then((answer) => answer.companions);
    // An index that does not ask for them must not leave a rejection unheard.
    companions.catch(() => undefined);
    try {
      const vector = await this.#vectorOf(text, options);
      const matches = await this.#vectors.query(vector, { topK: candidates, within, companions, ...options });
      return {
        matches: matches.filter(({ similarity }) => similarity >= model.minSimilarity),
        mode: { meaning: model.label },
      };
    } catch (error) {
      // Words are better than nothing; what failed is said beside them.
      if (mode !== 'hybrid' || !MemoryError.is(error)) throw error;
      return { matches: [], mode: { meaning: undefined, reducedBecause: `keyword only: ${error.message}` } };
    }
  }

  async #vectorOf(text: string, options: CallOptions): Promise<Float32Array> {
    const known = this.#questions.get(text);
    if (known !== undefined) return known;
    const [vector] = await this.#embedder.embed([text], options);
    if (vector === undefined)
      throw new MemoryError('embedding-failed', 'The model gave no vector.', 'Search by keyword.');
    this.#questions.set(text, vector);
    return vector;
  }

  /** By meaning alone the similarity is the score; with words, the places in all lists. */
  #rank(lists: readonly RankedList[], matches: readonly VectorMatch[]): Ranked[] {
    if (lists.length === 0)
      return matches.map(({ contentHash, similarity }) => ({
        hash: contentHash,
        score: Math.min(1, Math.max(0, similarity)),
      }));
    const meaning = {
      weight: this.#embedder.model.fusionWeight,
      hashes: matches.map(({ contentHash }) => contentHash),
    };
    return fuse(matches.length === 0 ? lists : [...lists, meaning]);
  }

  async #hits(
    query: SearchQuery,
    { text, terms, condition, wanted }: KeywordQuery,
    ranked: readonly Ranked[],
    matches: readonly VectorMatch[],
    why: (hash: string) => SearchHit['match'],
    options: CallOptions,
  ): Promise<SearchHit[]> {
    const rows = await this.#records(
      ranked.map(({ hash }) => hash),
      condition,
      wanted * 2,
      options,
    );
    const similar = new Map(matches.map((match) => [match.contentHash, match]));
    const preferred = normaliseTag(query.preferProject ?? '');
    const snippets = new SnippetMaker(text, terms, query.mode === 'exact');
    const scored = ranked.flatMap(({ hash, score }) => {
      const memory = rows.get(hash);
      return memory === undefined ? [] : [{ memory, score: adjusted(score, memory, preferred) }];
    });
    return belowSuccessors(scored)
      .sort((a, b) => b.score - a.score)
      .slice(0, wanted)
      .map(({ memory, score }): SearchHit => {
        const match = similar.get(memory.contentHash);
        return {
          memory: withLimit(memory, query.contentLimit),
          // Clipped after sorting: the preferred one of two first places goes before.
          score: Math.min(1, score),
          match: why(memory.contentHash),
          ...(match && { similarity: match.similarity }),
          snippet: snippets.make(memory.content, this.#chunk(memory, match)),
        };
      });
  }

  #chunk(memory: Memory, match: VectorMatch | undefined) {
    if (match === undefined || match.chunk === 0) return undefined;
    return chunksOf(memory.content, this.#embedder.model.chunk)[match.chunk];
  }

  /** The rows are the truth: of the best first, so many that are live and pass the filter. */
  async #records(
    hashes: readonly string[],
    condition: KeywordQuery['condition'],
    limit: number,
    options: CallOptions,
  ): Promise<Map<string, Memory>> {
    if (hashes.length === 0) return new Map();
    // Near by, what was found is as fresh as the rows. Over a network much of it may be stale, and to ask again takes long.
    const where = this.#sql.features.remote
      ? {
          sql: `m.id IN (SELECT m.id FROM json_each(?) j CROSS JOIN memories m ON m.content_hash = j.value
            WHERE ${condition.sql} ORDER BY j.key LIMIT ?)`,
          params: [JSON.stringify(hashes), ...condition.params, limit],
        }
      : {
          sql: `m.content_hash IN (SELECT value FROM json_each(?)) AND ${condition.sql}`,
          params: [JSON.stringify(hashes.slice(0, limit)), ...condition.params],
        };
    const [rows = []] = await this.#sql.read(
      [selectRecords({ where, contentLimit: shareOf(limit, this.#sql) })],
      options,
    );
    return new Map(rows.map((row) => toRecord(row).memory).map((memory) => [memory.contentHash, memory]));
  }
}

const adjusted = (score: number, memory: Memory, project: string | undefined): number => {
  const preferred =
    project !== undefined && projectsOf(memory.tags).includes(project) ? score * PREFERRED : score;
  return memory.supersededBy === undefined ? preferred : preferred * SUPERSEDED;
};

interface Scored {
  readonly memory: Memory;
  readonly score: number;
}

/** However well it matches, what was replaced is no better an answer than what replaced it, where both were found. */
const belowSuccessors = (scored: readonly Scored[]): Scored[] => {
  const found = new Map(scored.map((hit) => [hit.memory.contentHash, hit]));
  /** `below`: hashes on the way here, as replacing may go in circles. */
  const limit = ({ memory, score }: Scored, below: readonly string[]): number => {
    const { contentHash, supersededBy } = memory;
    const successor = supersededBy === undefined ? undefined : found.get(supersededBy);
    if (successor === undefined || below.includes(successor.memory.contentHash)) return score;
    return Math.min(score, limit(successor, [...below, contentHash]) * BELOW);
  };
  return scored.map((hit) => ({ ...hit, score: limit(hit, [hit.memory.contentHash]) }));
};

/** The memory with at most `limit` characters of its content. */
export const withLimit = (memory: Memory, limit: number | undefined): Memory => {
  if (limit === undefined || memory.content.length <= limit) return memory;
  const content = beginningOf(memory.content, limit);
  return { ...memory, content, truncated: memory.truncated || utf8Length(content) < memory.contentSize };
};
