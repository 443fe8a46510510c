import assert from 'node:assert/strict';
import { firstLine, inert, oneLine } from '../../src/vscode/plainText.ts';
import { redact } from '../../src/vscode/redact.ts';

describe('text of memories in labels and messages', () => {
  const visible = (text: string): string => text.replaceAll('\u200b', '');

  it('reads the same but is no icon and no link', () => {
    const hostile = '$(sync~spin) [Click](command:workbench.action.quit) $($(x)) <command:undo> a < b';
    const harmless = inert(hostile);
    assert.equal(visible(harmless), hostile);
    assert.ok(!harmless.includes('$('));
    assert.ok(!harmless.includes(']('));
    assert.ok(!harmless.includes('<c'));
  });

  it('stays on one line, without characters that hide or turn text', () => {
    assert.equal(oneLine('a\r\n\tb\u0000c\u202Egnp.exe\u2066', 50), 'a b c gnp.exe');
  });

  it('is cut between whole characters', () => {
    assert.equal(oneLine('👩‍👩‍👧‍👦'.repeat(10), 24), `${'👩‍👩‍👧‍👦'.repeat(2)}…`);
    assert.equal(oneLine('short', 5), 'short');
    assert.equal(oneLine('longer', 5), 'long…');
  });

  it('begins with the first line that says something', () => {
    assert.equal(firstLine('\n---\n# Heading\ntext'), 'Heading');
    assert.equal(firstLine('- item\n- item'), 'item');
    assert.equal(firstLine('!!!'), '!!!');
    assert.equal(firstLine('\u200b'), '…');
    assert.equal(firstLine('$(zap) go'), '$\u200b(zap) go');
  });
});

describe('what is reported', () => {
  const home = '/home/ada';
  for (const [text, expected] of [
    ['open /home/ada/.edge-memory/memory.db', 'open ~/.edge-memory/memory.db'],
    ['A tag begins with “my secret plan”.', 'A tag begins with “…”.'],
    ['Authorization: Bearer abc.def', 'Authorization: [redacted]'],
    ['{"token":"abc"}', '{"token":"[redacted]"}'],
    ['key V1StGXR8_Z5jdHi6B-myTV1StGXR8_Z5jdHi6B', 'key [redacted]'],
    ['https://ada:pw@example.test/x', 'https://example.test/x'],
    ['https://ada:p@ss@example.test/x', 'https://example.test/x'],
    ['Node 24.21.0, 12 memories', 'Node 24.21.0, 12 memories'],
  ] as const)
    it(`of “${text}” is “${expected}”`, () => assert.equal(redact(text, home), expected));

  it('names no home folder, however it is written', () => {
    for (const [home, text, expected] of [
      [
        'C:\\Users\\Ada L',
        'open c:\\Users\\Ada L\\.edge-memory\\memory.db',
        'open ~\\.edge-memory\\memory.db',
      ],
      ['C:\\Users\\Ada L', '"C:\\\\Users\\\\Ada L\\\\notes"', '"~\\\\notes"'],
      ['C:\\Users\\Ada L', 'file:///c%3A/Users/Ada%20L/dist/cli.js', 'file:///~/dist/cli.js'],
      ['C:\\Users\\Ada L', 'c:/Users/Ada L/x', '~/x'],
      ['/home/ada', 'at file:///home/ada/dist/cli.js', 'at file://~/dist/cli.js'],
      ['/home/ada', '/home/adam/x /home/ada', '/home/adam/x ~'],
      ['/root', 'nobody is rooted in /root', 'nobody is rooted in ~'],
    ] as const)
      assert.equal(redact(text, home), expected, text);
  });
});
