import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stripLikePython } from '../../src/memory/contentHash.ts';
import type { Memory, MemorySource } from '../../src/memory/memory.ts';
import { normaliseTags } from '../../src/memory/tags.ts';
import { type Parsed, parseMemory } from '../../src/vscode/documents/frontMatter.ts';
import { changeOf } from '../../src/vscode/documents/memoryChange.ts';
import { fieldsOf, memoryMarkdown, newMemoryMarkdown } from '../../src/vscode/documents/memoryMarkdown.ts';

const memory: Memory = {
  contentHash: 'ab12',
  content: 'text',
  truncated: false,
  tags: ['one', 'proj:shop'],
  memoryType: 'decision',
  metadata: {},
  createdAt: 1_700_000_000.5,
  updatedAt: 1_700_000_001.5,
  deletedAt: undefined,
  contentSize: 4,
  pinned: false,
  localOnly: false,
  source: { path: 'src/a.ts', lines: [3, 5], client: 'vscode', repository: 'git@x.test:a/b.git' },
  supersededBy: undefined,
};
const parse = (text: string): Parsed => parseMemory(text, { shown: fieldsOf(memory) });
const edited = (from: string | RegExp, to: string): string => memoryMarkdown(memory).replace(from, to);
const messages = (text: string): string[] => parse(text).problems.map(({ message }) => message);

/** Text of any characters, with what is special to front matter, YAML and editors more often than by chance. */
const special = fc.constantFrom(
  '---',
  '\n',
  '\r\n',
  '\r',
  '---\n',
  '"',
  "'",
  ': ',
  '#',
  '\\',
  '\u2028',
  '\u0085',
  '\t',
);
const content = fc
  .array(
    fc.oneof(
      special,
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
  )
  .map((parts) => parts.join(''))
  .filter((text) => stripLikePython(text) !== '' && !text.includes('\u0000') && text.isWellFormed());

describe('the document of a memory', () => {
  it('says again what the memory is, to the byte, whatever its text, tags and type', () => {
    fc.assert(
      fc.property(
        content,
        fc.array(
          content.map((tag) => tag.slice(0, 20)).filter((tag) => tag.isWellFormed()),
          { maxLength: 5 },
        ),
        fc.option(
          content
            .map((type) => type.trim().slice(0, 20))
            .filter((type) => type !== '' && type.isWellFormed()),
          { nil: undefined },
        ),
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
        (text, tags, memoryType, metadata) => {
          const any: Memory = {
            ...memory,
            content: text,
            tags: normaliseTags(tags),
            memoryType: memoryType?.trim(),
            metadata: JSON.parse(JSON.stringify(metadata)) as Memory['metadata'],
          };
          const { draft, problems } = parseMemory(memoryMarkdown(any), { shown: fieldsOf(any) });
          assert.deepEqual(problems, []);
          assert.equal(draft.content, text);
          assert.deepEqual(draft.tags, any.tags);
          assert.equal(changeOf(draft, any), undefined);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is saved unchanged with every field that a memory can have', () => {
    const source: Required<MemorySource> = {
      client: 'Claude Code',
      person: 'Ada',
      repository: 'git@x.test:a/b.git',
      path: 'src/a.ts',
      lines: [3, 5],
      symbol: 'Queue.restart',
      commit: 'c0ffee',
      linesHash: 'ab',
    };
    const full = {
      ...memory,
      deletedAt: 1_700_000_002,
      pinned: true,
      localOnly: true,
      supersededBy: 'cd34',
      source,
    };
    const { draft, problems } = parseMemory(memoryMarkdown(full), { shown: fieldsOf(full) });
    assert.deepEqual(problems, []);
    assert.equal(changeOf(draft, full), undefined);
  });

  for (const text of [
    '---',
    '---\n---\n',
    '---\ntags: [x]\n---\n\ntext',
    '\n\n\n',
    'a\r',
    '\r\na\r\n',
    '\ufeffa',
  ])
    it(`keeps the text ${JSON.stringify(text)}`, () => {
      const { draft } = parse(memoryMarkdown({ ...memory, content: text }));
      assert.equal(draft.content, text);
    });

  it('changes nothing where an editor only made its line ends alike', () => {
    const mixed = { ...memory, content: 'one\r\ntwo\nthree\n' };
    const saved = memoryMarkdown(mixed).replace(/\r?\n/g, '\r\n');
    assert.equal(changeOf(parse(saved).draft, mixed), undefined);
  });

  it('lets tags beyond the limits stay, as another program may have stored them', () => {
    const many = { ...memory, tags: [...Array.from({ length: 10_000 }, (_, i) => `Tag ${i}`), 'proj:shop'] };
    const text = memoryMarkdown(many).replace('\ntext\n', '\nother\n');
    const { draft, problems } = parseMemory(text, { shown: fieldsOf(many) });
    assert.deepEqual(problems, []);
    assert.deepEqual(JSON.parse(JSON.stringify(changeOf(draft, many))), { content: 'other' });
    const more = parseMemory(text.replace('tags: [', 'tags: [more, '), { shown: fieldsOf(many) });
    assert.match(more.problems[0]?.message ?? '', /10001 in “tags”; at most 100/);
  });

  it('changes just what was written', () => {
    const change = (from: string | RegExp, to: string): object =>
      JSON.parse(JSON.stringify(changeOf(parse(edited(from, to)).draft, memory) ?? {})) as object;
    assert.deepEqual(change('\ntext\n', '\nother\n'), { content: 'other' });
    assert.deepEqual(change('[one]', '[one, Two, 3]'), { tags: ['one', 'two', '3', 'proj:shop'] });
    assert.deepEqual(change('tags: [one]', 'tags:\n  - one\n  - "a: b"'), {
      tags: ['one', 'a: b', 'proj:shop'],
    });
    assert.deepEqual(change('tags: [one]', 'tags: one, two'), { tags: ['one', 'two', 'proj:shop'] });
    assert.deepEqual(change('type: decision\n', ''), { memoryType: null });
    assert.deepEqual(change('project: shop', 'project: Billing'), { tags: ['one', 'proj:billing'] });
    assert.deepEqual(change('tags:', 'pinned: true\ntags:'), { pinned: true });
    assert.deepEqual(change('tags:', 'metadata: {a: {b: 1}}\ntags:'), { metadata: { a: { b: 1 } } });
  });

  it('removes keys of metadata, deep ones too', () => {
    const rich = { ...memory, metadata: { gone: 1, deep: { kept: 1, gone: 2 }, list: [1, 2] } };
    const text = memoryMarkdown(rich).replace(/^metadata: .*$/m, 'metadata: {deep: {kept: 1}, list: [2]}');
    assert.deepEqual(changeOf(parse(text).draft, rich)?.metadata, {
      gone: null,
      deep: { gone: null },
      list: [2],
    });
  });

  it('may have no front matter only while it is not stored', () => {
    assert.match(messages('just text').join(), /front matter is missing/);
    assert.match(messages('---\ntags: []\nnever closed').join(), /front matter is missing/);
    assert.deepEqual(parseMemory('just text', { optional: true }).problems, []);
  });

  it('begins empty, and says so', () => {
    const { draft, problems } = parseMemory(`${newMemoryMarkdown('shop')}hello`, { optional: true });
    assert.deepEqual(
      [draft.content, draft.tags, draft.memoryType, problems],
      ['hello', ['proj:shop'], undefined, []],
    );
    assert.match(
      parseMemory(newMemoryMarkdown(undefined), { optional: true }).problems[0]?.message ?? '',
      /empty/,
    );
  });
});

describe('front matter that can not be kept', () => {
  const wrong: Readonly<Record<string, readonly [from: string | RegExp, to: string, message: RegExp]>> = {
    'that is no YAML': ['[one]', '[one', /This is no YAML/],
    'that has a field twice': ['type:', 'tags: [two]\ntype:', /This is no YAML: Map keys must be unique/],
    'that is no list of fields': [/---\n[^]*?\n---/, '---\nhello\n---', /Write one field a line/],
    'with an unknown field': ['type:', 'tipe: x\ntype:', /“tipe” is no field/],
    'with tags that are no words': ['[one]', '[one, {a: 1}]', /“tags” takes words/],
    'with too many tags': [
      '[one]',
      `[${Array.from({ length: 101 }, (_, i) => `t${i}`).join(', ')}]`,
      /101 in “tags”/,
    ],
    'with a tag that is too long': ['[one]', `[${'x'.repeat(101)}]`, /101 characters/],
    'with a type that is no word': ['decision', '[a, b]', /“type” takes one word/],
    'with a type that is too long': ['decision', 'x'.repeat(101), /The type has 101 characters/],
    'with a mark that is neither on nor off': ['tags:', 'pinned: maybe\ntags:', /“pinned” is true or false/],
    'with metadata that is no object': ['tags:', 'metadata: 3\ntags:', /“metadata” takes names/],
    'without a text': ['\ntext\n', '\n \n', /empty/],
  };
  for (const [name, [from, to, message]] of Object.entries(wrong))
    it(name, () => {
      const { problems } = parse(edited(from, to));
      assert.match(problems.map((problem) => problem.message).join('\n'), message);
      assert.ok(problems.some(({ severity }) => severity === 'error'));
    });

  it('is marked where it is wrong', () => {
    const text = edited('type:', 'tipe: x\ntype:');
    const [problem] = parse(text).problems;
    assert.equal(text.slice(problem?.from, problem?.to), 'tipe');
  });

  it('is only warned of where it changes what can not be changed', () => {
    const { problems, draft } = parse(edited(/created: .*/, 'created: 1999-01-01'));
    assert.deepEqual(
      problems.map(({ severity, message }) => [severity, message]),
      [['warning', '“created” can not be changed here: saving puts it back.']],
    );
    assert.equal(changeOf(draft, memory), undefined);
  });

  it('expands no aliases without end', () => {
    const bomb = [
      'a: &a [x]',
      ...Array.from(
        'bcdefghi',
        (name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(', ')}]`,
      ),
    ];
    const text = edited('tags:', `metadata:\n  ${bomb.join('\n  ')}\ntags:`);
    assert.ok(parse(text).problems.some(({ severity }) => severity === 'error'));
  });
});
