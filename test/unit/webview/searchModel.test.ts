import assert from 'node:assert/strict';
import { mock } from 'node:test';
import {
  EMPTY_FORM,
  type ResultRow,
  type SearchForm,
  type SearchRequest,
  type SearchResults,
  type SearchState,
} from '../../../src/shared/searchProtocol.ts';
import { until } from '../support/until.ts';

/** What a test sees of the model, whose own types are those of a browser. */
interface Model {
  readonly rows: readonly ResultRow[];
  readonly busy: boolean;
  readonly failure: Error | undefined;
  readonly selection: { readonly chosen: ReadonlySet<string> };
  readonly start: () => Promise<void>;
  readonly save: () => void;
  readonly change: (patch: Partial<SearchForm>) => void;
  readonly retry: () => void;
  readonly loadMore: () => void;
}

interface Asked {
  readonly request: SearchRequest;
  readonly signal: AbortSignal;
  readonly answer: (...texts: readonly string[]) => void;
  /** An answer after which further rows could be had. */
  readonly answerInPart: (...texts: readonly string[]) => void;
  readonly fail: (error: Error) => void;
}

const row = (text: string): ResultRow => ({
  ...{ hash: text, title: undefined, text, marks: [], truncatedBefore: false, tags: [], moreTags: 0 },
  ...{ type: undefined, projects: [], age: 'now', date: '', pinned: false, localOnly: false },
  ...{ superseded: false, fromCode: false, score: 1, why: undefined },
});

const results = (texts: readonly string[]): SearchResults => ({
  ...{ rows: texts.map(row), more: false, next: undefined, total: texts.length, way: 'keyword' },
  ...{ reduced: false, time: undefined, nothingStored: false },
});

/** A host that answers when a test says so, whether anybody still waits or not. */
class SlowHost {
  readonly asked: Asked[] = [];
  state: SearchState | undefined;

  savedState(): SearchState | undefined {
    return this.state;
  }

  saveState(state: SearchState): void {
    this.state = state;
  }

  on(): void {
    // Nothing changes by itself.
  }

  call(method: string, argument: unknown, signal: AbortSignal): Promise<unknown> {
    if (method !== 'search') return Promise.resolve({});
    return new Promise((resolve, reject) => {
      this.asked.push({
        request: argument as SearchRequest,
        signal,
        answer: (...texts) => resolve(results(texts)),
        answerInPart: (...texts) => resolve({ ...results(texts), more: true }),
        fail: reject,
      });
    });
  }
}

describe('the search view between a person and its host', () => {
  const browser = ['document', 'window'] as const;
  let host: SlowHost;
  let model: Model;

  before(() => {
    for (const name of browser) Object.assign(globalThis, { [name]: { addEventListener: () => undefined } });
  });
  after(() => {
    for (const name of browser) Reflect.deleteProperty(globalThis, name);
  });
  const open = async (state?: SearchState): Promise<void> => {
    host = new SlowHost();
    host.state = state;
    const file = new URL('../../../src/webview/search/searchModel.ts', import.meta.url).href;
    const { SearchModel } = (await import(file)) as {
      SearchModel: new (host: SlowHost, changed: () => void) => Model;
    };
    model = new SearchModel(host, () => undefined);
  };
  beforeEach(() => open());

  const texts = (): string[] => model.rows.map(({ text }) => text);
  /** What the host was asked for a query, once it was. */
  const asked = async (query: string, pass: SearchRequest['pass']): Promise<Asked> => {
    const find = (): Asked | undefined =>
      host.asked.find(({ request }) => request.form.query === query && request.pass === pass);
    await until(() => find() !== undefined);
    const found = find();
    assert.ok(found);
    return found;
  };

  it('drops the answer to what was asked before, however late it comes', async () => {
    model.change({ ...EMPTY_FORM, query: 'first', mode: 'keyword' });
    const first = await asked('first', 'full');
    model.change({ query: 'second' });
    const second = await asked('second', 'full');
    assert.deepEqual([first.signal.aborted, second.signal.aborted], [true, false]);
    second.answer('to the second');
    await until(() => !model.busy);
    first.answer('to the first');
    await new Promise(setImmediate);
    assert.deepEqual(texts(), ['to the second']);
  });

  it('drops its failure too', async () => {
    model.change({ ...EMPTY_FORM, query: 'first', mode: 'keyword' });
    const first = await asked('first', 'full');
    model.change({ query: 'second' });
    first.fail(new Error('too late'));
    (await asked('second', 'full')).answer('to the second');
    await until(() => !model.busy);
    assert.deepEqual([texts(), model.failure], [['to the second'], undefined]);
  });

  it('shows what words find at once, and what meaning finds in its place, in this order alone', async () => {
    model.change({ ...EMPTY_FORM, query: 'both' });
    const words = await asked('both', 'first');
    const meaning = await asked('both', 'full');
    meaning.answer('by meaning');
    await until(() => !model.busy);
    words.answer('by words');
    await new Promise(setImmediate);
    assert.deepEqual(texts(), ['by meaning']);
  });

  it('says what failed, keeps the rows, and asks again when it is told to', async () => {
    model.change({ ...EMPTY_FORM, query: 'kept', mode: 'keyword' });
    (await asked('kept', 'full')).answer('a row');
    await until(() => !model.busy);
    model.change({ query: 'failing' });
    (await asked('failing', 'full')).fail(new Error('disk on fire'));
    await until(() => model.failure !== undefined);
    assert.deepEqual(texts(), ['a row']);
    host.asked.length = 0;
    model.retry();
    (await asked('failing', 'full')).answer('another row');
    await until(() => !model.busy);
    assert.deepEqual([texts(), model.failure], [['another row'], undefined]);
  });

  it('asks for further rows once where that fails, and not again by itself', async () => {
    model.change({ ...EMPTY_FORM, query: 'many', mode: 'keyword' });
    (await asked('many', 'full')).answerInPart('a row');
    await until(() => !model.busy);
    host.asked.length = 0;
    model.loadMore();
    (await asked('many', 'full')).fail(new Error('no network'));
    await until(() => model.failure !== undefined);
    host.asked.length = 0;
    model.loadMore(); // as each drawing does where the end of the rows is near
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(host.asked, []);
    model.retry();
    (await asked('many', 'full')).answer('a row', 'another row');
    await until(() => !model.busy);
    assert.equal(texts().length, 2);
  });

  it('looks for a time once it is typed, not at each of its letters', () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      for (const time of ['l', 'la', 'last', 'last week']) {
        model.change({ time });
        mock.timers.tick(200);
        assert.deepEqual(host.asked, []);
      }
      mock.timers.tick(200);
      assert.deepEqual(
        host.asked.map(({ request }) => request.form.time),
        ['last week'],
      );
      model.change({ time: '' });
      mock.timers.tick(0);
      assert.equal(host.asked.length, 2);
    } finally {
      mock.timers.reset();
    }
  });

  it('goes on with all that was chosen, however many', async () => {
    const chosen = Array.from({ length: 1500 }, (_, index) => `row ${index}`);
    const kept = { id: 'a', at: 0, form: EMPTY_FORM, filtersOpen: false, scrollTop: 0, active: 'row 0' };
    await open({ ...kept, chosen, rows: 1600 });
    void model.start();
    const { request, answer } = await asked('', 'full');
    assert.equal(request.wanted, 1600);
    answer(...chosen, ...Array.from({ length: 100 }, (_, index) => `further row ${index}`));
    await until(() => !model.busy);
    assert.deepEqual([...model.selection.chosen], chosen);
    model.save();
    assert.deepEqual(host.state?.chosen, chosen);
  });
});
