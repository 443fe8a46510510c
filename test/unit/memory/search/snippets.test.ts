import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Chunk } from '../../../../src/memory/chunking.ts';
import type { Snippet } from '../../../../src/memory/memory.ts';
import { queryTermsOf } from '../../../../src/memory/search/queryTerms.ts';
import { SnippetMaker } from '../../../../src/memory/search/snippets.ts';
import { soakRuns } from '../../support/testStore.ts';

const snippet = (
  query: string,
  text: string,
  { exact = false, chunk }: { exact?: boolean; chunk?: Chunk } = {},
): Snippet => new SnippetMaker(query, queryTermsOf(query), exact).make(text, chunk);
const marked = ({ text, marks }: Snippet): string[] => marks.map(([start, end]) => text.slice(start, end));
const filler = (words: number): string => Array.from({ length: words }, (_, i) => `word${i}`).join(' ');

describe('a snippet', () => {
  it('is the whole text where that is short', () => {
    assert.deepEqual(snippet('friday', 'Deploy on Friday, always Friday'), {
      text: 'Deploy on Friday, always Friday',
      marks: [
        [10, 16],
        [25, 31],
      ],
      truncatedBefore: false,
      truncatedAfter: false,
    });
  });

  it('marks every form of a word that the index takes for the same', () => {
    assert.deepEqual(marked(snippet('deploying', 'Deployed; DEPLOYS, deploy and redeploy')), [
      'Deployed',
      'DEPLOYS',
      'deploy',
    ]);
    assert.deepEqual(marked(snippet('cafe', 'Café, CAFÉ and cafe\u0301s')), ['Café', 'CAFÉ', 'cafe\u0301s']);
  });

  it('marks parts with signs, Chinese words and pictures', () => {
    assert.deepEqual(marked(snippet('C++ eu-west-1', 'C++ runs in EU-West-1')), ['C++', 'EU-West-1']);
    assert.deepEqual(marked(snippet('数据库', '新的数据库迁移')), ['数据库']);
    assert.deepEqual(marked(snippet('库 🎉', '数据库🎉')), ['库🎉']);
  });

  it('marks what is part of a longer word where no whole word stands, and shows that place', () => {
    assert.deepEqual(marked(snippet('config', 'the tsconfig file; Config')), ['Config']);
    const inside = snippet('config', `${filler(200)} the tsConfig file ${filler(200)}`);
    assert.deepEqual(marked(inside), ['Config']);
    assert.deepEqual(marked(snippet('CONFIG paths', 'tsconfig')), ['config']);
    assert.deepEqual(marked(snippet('js', 'tsx and jsx')), []);
    const chunk = { start: 7, end: 20 };
    assert.deepEqual(marked(snippet('art', 'start; the chunk that matched', { chunk })), []);
  });

  it('leaves the words that say nothing unmarked', () => {
    assert.deepEqual(marked(snippet('what is the plan', 'This is the plan')), ['plan']);
  });

  it('marks an exact match as it stands, upper and lower case alike', () => {
    assert.deepEqual(marked(snippet('AN: x', 'plan: x and plan: y', { exact: true })), ['an: x']);
    assert.deepEqual(marked(snippet('plans', 'plan', { exact: true })), []);
  });

  it('shows the part of a long text with the most words in it', () => {
    const text = `alpha ${filler(200)} alpha beta gamma ${filler(200)}`;
    const shown = snippet('alpha beta gamma', text);
    assert.deepEqual(marked(shown), ['alpha', 'beta', 'gamma']);
    assert.deepEqual([shown.truncatedBefore, shown.truncatedAfter], [true, true]);
    assert.ok(shown.text.length <= 240);
    assert.match(shown.text, /^word\d+ /, 'begins with a whole word');
  });

  it('says where it was cut', () => {
    assert.deepEqual(
      [snippet('word0', filler(200)).truncatedBefore, snippet('word0', filler(200)).truncatedAfter],
      [false, true],
    );
    assert.deepEqual(
      [snippet('word199', filler(200)).truncatedBefore, snippet('word199', filler(200)).truncatedAfter],
      [true, false],
    );
  });

  it('shows the chunk that matched by meaning where no word stands, else the beginning', () => {
    const text = filler(400);
    const chunk = { start: text.indexOf('word200'), end: text.indexOf('word250') };
    assert.ok(snippet('elephant', text, { chunk }).text.includes('word200'));
    assert.ok(snippet('elephant', text).text.startsWith('word0 '));
  });

  it('looks for words in the chunk where that lies far behind the beginning', () => {
    const text = `${filler(20_000)} needle ${filler(100)}`;
    const start = text.indexOf('needle') - 50;
    assert.deepEqual(marked(snippet('needle', text, { chunk: { start, end: start + 360 } })), ['needle']);
  });

  it('begins and ends with whole characters', () => {
    const pictures = '🎉'.repeat(200);
    for (const before of ['', 'x'])
      for (const between of ['', '.']) {
        const { text } = snippet('needle', `${before}${pictures}${between}needle${between}${pictures}`);
        assert.ok(text.isWellFormed() && text.includes('needle'));
      }
  });

  it('of a match that is longer than itself is marked from its beginning to its end', () => {
    const long = filler(100);
    const shown = snippet(long, `Before it stands this. ${long} after`, { exact: true });
    assert.equal(marked(shown).length, 1);
    assert.ok(long.startsWith(marked(shown)[0] ?? '?'));
    assert.ok((marked(shown)[0] ?? '').length > 100);
  });

  it('marks the right places behind characters that grow when lowered', () => {
    assert.deepEqual(marked(snippet('plan', 'İİİ plan')), ['plan']);
    assert.deepEqual(marked(snippet('plan', 'İİİ plan', { exact: true })), ['plan']);
  });

  it('of any question and text is a part of the text, its marks in order and within it, no character cut', () => {
    const piece = fc.constantFrom(
      'deploy',
      'Deploys',
      ' ',
      ' ',
      '\n',
      '🎉',
      '数据库',
      'é',
      'C++',
      'a-b',
      'İ',
      'x'.repeat(50),
      '.',
    );
    const text = fc.array(piece, { maxLength: 300 }).map((pieces) => pieces.join(''));
    const query = fc.oneof(
      text,
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('deploy 数据', '🎉', 'c++'),
    );
    fc.assert(
      fc.property(query, text, fc.boolean(), fc.nat(), (asked, content, exact, at) => {
        const start = content.length === 0 ? 0 : at % content.length;
        const chunk = { start: content.slice(start).isWellFormed() ? start : start - 1, end: content.length };
        for (const shown of [snippet(asked, content, { exact }), snippet(asked, content, { exact, chunk })]) {
          assert.ok(content.includes(shown.text) && shown.text.isWellFormed() && shown.text.length <= 241);
          assert.equal(shown.truncatedBefore || shown.truncatedAfter, shown.text.length < content.length);
          assert.ok(
            !shown.truncatedBefore || !content.startsWith(shown.text) || content.indexOf(shown.text, 1) > 0,
          );
          let last = -1;
          for (const [from, to] of shown.marks) {
            assert.ok(from > last && from < to && to <= shown.text.length);
            assert.ok(shown.text.slice(from, to).isWellFormed());
            last = to;
          }
        }
      }),
      { numRuns: soakRuns(5000) },
    );
  });
});
