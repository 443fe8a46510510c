import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { MemoryError } from '../../src/memory/errors.ts';
import { EMPTY_FORM, type SearchForm, type SearchResults } from '../../src/shared/searchProtocol.ts';
import { failureOf } from '../../src/vscode/errors.ts';
import { SavedSearches } from '../../src/vscode/searchView/savedSearches.ts';
import { searchForm } from '../../src/vscode/searchView/search.ts';
import { SearchViews } from '../../src/vscode/searchView/searchViews.ts';
import { emptyStore, services, servicesWith, stored } from './access.ts';

const { signal } = new AbortController();

async function results(form: Partial<SearchForm>, wanted = 50): Promise<SearchResults> {
  const request = { form: { ...EMPTY_FORM, ...form }, wanted, after: undefined, pass: 'full' } as const;
  const answer = await searchForm(await services(), request, signal);
  assert.ok(!('timeProblem' in answer));
  return answer;
}

const texts = ({ rows }: SearchResults): string[] => rows.map(({ text }) => text);

describe('the host of the search webview', () => {
  beforeEach(emptyStore);

  it('says when nothing at all is stored, which is not the same as no match', async () => {
    assert.equal((await results({})).nothingStored, true);
    await stored({ content: 'something' });
    const none = await results({ query: 'zebra', mode: 'keyword' });
    assert.deepEqual([none.rows.length, none.nothingStored], [0, false]);
  });

  it('lists in both orders, a page at a time, with the number of all', async () => {
    for (const [index, content] of ['one', 'two', 'three'].entries())
      await stored({ content, createdAt: 1000 + index });
    const first = await results({}, 2);
    assert.deepEqual([texts(first), first.total, first.more], [['three', 'two'], 3, true]);
    const request = { form: EMPTY_FORM, wanted: 2, after: first.next, pass: 'full' } as const;
    const rest = (await searchForm(await services(), request, signal)) as SearchResults;
    assert.deepEqual([texts(rest), rest.more], [['one'], false]);
    assert.deepEqual(texts(await results({ sort: 'oldest' })), ['one', 'two', 'three']);
  });

  it('filters by tag, type, project and time, and says what it understood', async () => {
    await stored({ content: 'old', tags: ['a', 'b'], createdAt: 1_600_000_000 });
    await stored({ content: 'new', tags: ['a'], memoryType: 'note', project: 'shop' });
    assert.deepEqual(texts(await results({ tags: ['a', 'b'], tagMatch: 'all' })), ['old']);
    assert.deepEqual(texts(await results({ type: 'note' })), ['new']);
    assert.deepEqual(texts(await results({ scope: 'one', project: 'shop' })), ['new']);
    const timely = await results({ time: 'last 2 days' });
    assert.deepEqual(texts(timely), ['new']);
    assert.match(timely.time ?? '', / – /);
    assert.deepEqual(texts(await results({ from: '2020-09-13', to: '2020-09-13' })), ['old']);
  });

  it('searches nothing where the time is not understood', async () => {
    const request = {
      form: { ...EMPTY_FORM, time: 'a blue moon' },
      wanted: 10,
      after: undefined,
      pass: 'full',
    } as const;
    const answer = await searchForm(await services(), request, signal);
    assert.ok('timeProblem' in answer);
    assert.match(answer.timeProblem, /a blue moon/);
  });

  it('marks what matched, in text without characters that are not seen', async () => {
    await stored({ content: 'turn\u202Eed the zebra\u0007 around' });
    const [row] = (await results({ query: 'zebra', mode: 'keyword' })).rows;
    assert.ok(row);
    assert.equal(row.text, 'turn ed the zebra  around');
    assert.deepEqual(
      row.marks.map(([start, end]) => row.text.slice(start, end)),
      ['zebra'],
    );
    assert.match(row.why ?? '', /keyword/);
  });

  it('looks by words alone at first, whatever the mode', async () => {
    const asked: (string | undefined)[] = [];
    const running = await servicesWith({
      search: ({ mode }) => {
        asked.push(mode);
        return Promise.resolve({ hits: [], mode: { keyword: 'full-text', meaning: undefined } });
      },
    });
    for (const pass of ['first', 'full'] as const)
      await searchForm(
        running,
        { form: { ...EMPTY_FORM, query: 'x' }, wanted: 5, after: undefined, pass },
        signal,
      );
    assert.deepEqual(asked, ['keyword', 'hybrid']);
  });

  describe('where more match than it asks for', () => {
    /** Answers as many hits as are asked for, each older than the one before, and keeps how many those were. */
    const endless = async (asked: number[]) => {
      const memory = await stored({ content: 'one of many' });
      return servicesWith({
        search: ({ limit = 10 }) => {
          asked.push(limit);
          const hits = Array.from({ length: limit }, (_, index) => ({
            memory: { ...memory, contentHash: `${index}`, createdAt: index },
            score: 1 - index / limit,
            match: 'keyword' as const,
            snippet: { text: 'one', marks: [], truncatedBefore: false, truncatedAfter: false },
          }));
          return Promise.resolve({ hits, mode: { keyword: 'full-text', meaning: undefined } });
        },
      });
    };
    const ask = async (form: Partial<SearchForm>, wanted: number) => {
      const asked: number[] = [];
      const request = { form: { ...EMPTY_FORM, query: 'x', ...form }, wanted, after: undefined } as const;
      const answer = await searchForm(await endless(asked), { ...request, pass: 'full' }, signal);
      return { ...(answer as SearchResults), asked };
    };

    it('gives more until the store gives none, and never takes those for all', async () => {
      const first = await ask({}, 50);
      assert.deepEqual([first.rows.length, first.more, first.total], [50, true, undefined]);
      const last = await ask({}, 1000);
      assert.deepEqual([last.rows.length, last.more, last.total], [1000, false, undefined]);
    });

    it('sorts the best by time, as many however many are wanted', async () => {
      for (const wanted of [50, 1000]) {
        const { rows, more, total, asked } = await ask({ sort: 'newest' }, wanted);
        assert.deepEqual([rows.length, more, total, asked], [200, false, undefined, [200]]);
        assert.equal(rows[0]?.hash, '199');
      }
    });

    it('counts in those like a memory that it is left out itself', async () => {
      const { contentHash } = await stored({ content: 'compared with' });
      const { rows, more, total, asked } = await ask({ similarTo: { hash: contentHash, label: '' } }, 1000);
      assert.deepEqual([rows.length, more, total, asked], [1000, false, undefined, [1000]]);
    });
  });

  it('rejects with what failed, never with an empty answer', async () => {
    const offline = new MemoryError('offline', 'No connection.', 'Try again.');
    const running = await servicesWith({ search: () => Promise.reject(offline) });
    const request = {
      form: { ...EMPTY_FORM, query: 'x' },
      wanted: 5,
      after: undefined,
      pass: 'full',
    } as const;
    await assert.rejects(searchForm(running, request, signal), offline);
    assert.deepEqual(failureOf(offline).code, 'offline');
  });

  it('keeps recent searches without repetition, and saved ones by name', async () => {
    const kept = new Map<string, unknown>();
    const state = {
      keys: () => [...kept.keys()],
      get: (key: string, fallback?: unknown) => kept.get(key) ?? fallback,
      update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
      setKeysForSync: () => undefined,
    };
    const searches = new SavedSearches({ workspaceState: state as never, globalState: state as never });
    for (const query of ['a', 'b', 'a ', '']) await searches.addRecent({ ...EMPTY_FORM, query });
    assert.deepEqual(
      searches.recent.map(({ query }) => query),
      ['a ', 'b'],
    );
    await searches.save({ name: 'Mine', form: { ...EMPTY_FORM, query: 'b' } });
    await searches.save({ name: 'Mine', form: { ...EMPTY_FORM, query: 'c' } });
    assert.deepEqual(
      searches.saved.map(({ name, form }) => [name, form.query]),
      [['Mine', 'c']],
    );
    await searches.removeSaved('Mine');
    assert.deepEqual(searches.saved, []);
  });

  it('keeps what each place showed, and starts a new view with what was filled in last', async () => {
    const kept = new Map<string, unknown>();
    const state = {
      get: (key: string) => kept.get(key),
      update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
    };
    const searches = new SavedSearches({ workspaceState: state as never, globalState: state as never });
    const shown = (query: string, at: number) => ({
      ...{ id: query, at, form: { ...EMPTY_FORM, query }, filtersOpen: true },
      ...{ scrollTop: 10, active: undefined, chosen: [], rows: 50 },
    });
    assert.deepEqual([searches.kept('sidebar'), searches.last], [undefined, undefined]);
    await searches.keep('sidebar', shown('in the sidebar', 2));
    await searches.keep('editor', shown('in a tab', 1));
    assert.deepEqual(searches.kept('editor'), shown('in a tab', 1));
    assert.equal(searches.last?.query, 'in the sidebar');
  });
});

describe('a search that is asked for elsewhere', () => {
  /** A view or an editor tab, with the events that its page was sent. */
  const face = (visible: () => boolean) => {
    const sent: unknown[] = [];
    const webview = {
      cspSource: 'x:',
      asWebviewUri: (uri: vscode.Uri) => uri,
      onDidReceiveMessage: () => new vscode.Disposable(() => undefined),
      postMessage: (message: { readonly event?: unknown }) => Promise.resolve(sent.push(message.event)),
    };
    const view = {
      webview,
      get visible() {
        return visible();
      },
      show: () => undefined,
      reveal: () => undefined,
      dispose: () => undefined,
      onDidDispose: () => new vscode.Disposable(() => undefined),
    };
    return { view, sent };
  };

  it('shows in the editor tab that is in sight, else in the sidebar', async () => {
    const { window } = vscode;
    const { registerWebviewViewProvider, registerWebviewPanelSerializer } = window;
    let provider: vscode.WebviewViewProvider | undefined;
    let serializer: vscode.WebviewPanelSerializer | undefined;
    const nothing = new vscode.Disposable(() => undefined);
    Object.assign(window, {
      registerWebviewViewProvider: (_: string, registered: vscode.WebviewViewProvider) => {
        provider = registered;
        return nothing;
      },
      registerWebviewPanelSerializer: (_: string, registered: vscode.WebviewPanelSerializer) => {
        serializer = registered;
        return nothing;
      },
    });
    const views = new SearchViews(await services());
    Object.assign(window, { registerWebviewViewProvider, registerWebviewPanelSerializer });
    let tabInSight = true;
    const [sidebar, tab] = [face(() => true), face(() => tabInSight)];
    try {
      const { token } = new vscode.CancellationTokenSource();
      const view = sidebar.view as unknown as vscode.WebviewView;
      await provider?.resolveWebviewView(view, { state: undefined }, token);
      await serializer?.deserializeWebviewPanel(tab.view as unknown as vscode.WebviewPanel, undefined);
      await views.show(EMPTY_FORM);
      assert.deepEqual([sidebar.sent, tab.sent], [[], ['show']]);
      tabInSight = false;
      await views.show(EMPTY_FORM);
      assert.deepEqual([sidebar.sent, tab.sent], [['show'], ['show']]);
    } finally {
      views.dispose();
    }
  });
});
