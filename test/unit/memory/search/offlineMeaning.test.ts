import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LocalStore } from '../../../../src/local/localStore.ts';
import { openLocalStore } from '../../../../src/local/openLocalStore.ts';
import type { SearchMode } from '../../../../src/memory/memory.ts';
import { builtWeights } from '../../local/useLite/builtWeights.ts';
import { keywordWay } from '../../support/testStore.ts';

const NOTES = [
  'We use pnpm workspaces; never run npm install at the repo root because it rewrites the lockfile.',
  'Deployments happen Tuesday and Thursday before noon; never on Friday.',
  'Decision: chose Postgres over MySQL because we need partial indexes and JSONB.',
  'Alice prefers short pull requests, under 300 changed lines, with screenshots for UI changes.',
  'The staging database is refreshed from production every Sunday night with emails anonymised.',
  'API rate limit is 100 requests per minute per token; the server answers 429.',
  'The coffee machine on the third floor takes only coins.',
  'Our logo must keep a distance of 20 pixels to other graphics.',
];
const CHINESE = '数据库迁移在星期二进行';
const GERMAN = 'Die Datenbank wird nicht am Freitag und nicht in der Nacht gesichert.';

describe('a search by meaning with the offline model', function () {
  this.timeout(60_000);
  let folder: string;
  let store: LocalStore;
  const first = async (query: string, mode: SearchMode = 'meaning') =>
    (await store.search({ query, mode })).hits[0];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'edge-memory-meaning-'));
    store = await openLocalStore({
      database: path.join(folder, 'memory.db'),
      weightsDirectory: await builtWeights(),
      background: false,
    });
    const filler =
      'The weekly report lists the numbers of every department and their change since last week. ';
    await store.storeMany(
      [
        ...NOTES,
        CHINESE,
        GERMAN,
        `${filler.repeat(12)} The cat of our neighbour had five kittens. ${filler.repeat(12)}`,
      ].map((content) => ({ content })),
    );
    await store.embedPending();
  });
  after(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('finds what is said in other words', async () => {
    const questions: Record<string, number> = {
      'When are we allowed to ship a release?': 1,
      'why did we not take another SQL engine': 2,
      'does Alice like big code reviews': 3,
      'how many calls may a client make': 5,
      'where can I buy a hot drink': 6,
      'how much space around the brand image': 7,
    };
    for (const [question, note] of Object.entries(questions)) {
      const hit = await first(question);
      assert.equal(hit?.memory.content, NOTES[note], question);
      assert.equal(hit?.match, 'meaning');
      assert.ok((hit.similarity ?? 0) >= 0.2);
    }
  });

  it('goes together with keywords, and says what found it', async () => {
    const hit = await first('when are deployments allowed', 'hybrid');
    assert.deepEqual([hit?.memory.content, hit?.match], [NOTES[1], 'both']);
    const { mode } = await store.search({ query: 'deployments' });
    assert.deepEqual(mode, { keyword: keywordWay, meaning: 'basic meaning (on this machine)' });
  });

  it('shows the part of a long text that fits', async () => {
    const hit = await first('pets giving birth');
    assert.match(hit?.snippet.text ?? '', /kittens/);
    assert.deepEqual([hit?.snippet.truncatedBefore, hit?.snippet.truncatedAfter], [true, true]);
  });

  it('finds nothing by meaning where nothing fits', async () => {
    assert.deepEqual((await store.search({ query: 'photosynthesis of algae', mode: 'meaning' })).hits, []);
  });

  it('goes by keyword alone in a language that the model does not know, and says so', async () => {
    for (const [query, content] of [
      ['数据库', CHINESE],
      ['wann wird die Datenbank gesichert und wo', GERMAN],
    ] as const)
      for (const mode of ['hybrid', 'meaning'] as const) {
        const { hits, mode: done } = await store.search({ query, mode });
        assert.deepEqual([hits[0]?.memory.content, hits[0]?.match], [content, 'keyword'], query);
        assert.equal(done.meaning, undefined);
        assert.match(done.reducedBecause ?? '', /^keyword only: .*does not know this language/);
      }
    // Neither has a vector.
    assert.equal((await store.stats()).embedding.embedded, NOTES.length + 1);
  });

  it('answers odd questions', async () => {
    for (const query of [
      '"',
      '!!!',
      '\ud83c lone',
      'a\u0000b',
      '🎉',
      'x'.repeat(50_000),
      'word '.repeat(10_000),
      '\u0301\u0301',
    ])
      for (const mode of ['hybrid', 'meaning'] as const)
        assert.ok((await store.search({ query, mode })).mode.keyword);
  });
});
