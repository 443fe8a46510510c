import assert from 'node:assert/strict';
import type { Memory } from '../../src/memory/memory.ts';
import { memoryMarkdown } from '../../src/vscode/documents/memoryMarkdown.ts';

const memory: Memory = {
  contentHash: 'ab12',
  content: 'text',
  truncated: false,
  tags: [],
  memoryType: undefined,
  metadata: {},
  createdAt: 1_700_000_000.5,
  updatedAt: 1_700_000_000.5,
  deletedAt: undefined,
  contentSize: 4,
  pinned: false,
  localOnly: false,
  source: undefined,
  supersededBy: undefined,
};

describe('a memory as Markdown', () => {
  it('has the fields that it has, then its text', () => {
    assert.equal(
      memoryMarkdown(memory),
      '---\ntags: []\ncreated: 2023-11-14T22:13:20.500Z\nhash: ab12\n---\n\ntext\n',
    );
  });

  it('names its project, place and marks', () => {
    const text = memoryMarkdown({
      ...memory,
      tags: ['proj:shop', 'docker'],
      memoryType: 'decision',
      pinned: true,
      localOnly: true,
      source: { path: 'src/a.ts', lines: [3, 5], client: 'vscode' },
    });
    for (const line of [
      'tags: [docker]',
      'type: decision',
      'project: shop',
      'pinned: true',
      'localOnly: true',
      'source: "src/a.ts:3-5"',
      'storedBy: vscode',
    ])
      assert.ok(text.includes(`\n${line}\n`), line);
  });

  it('quotes what YAML would take for something else', () => {
    const tags = ['yes', '12', '1e5', 'a: b', '#x', '[', 'a "b"', 'line\nbreak', '-', 'c++', 'plain tag'];
    assert.match(
      memoryMarkdown({ ...memory, tags }),
      /^tags: \["yes", "12", "1e5", "a: b", "#x", "\[", "a \\"b\\"", "line\\nbreak", "-", "c\+\+", plain tag\]$/m,
    );
  });
});
