import assert from 'node:assert/strict';
import { markdownSections } from '../../../src/transfer/markdownSections.ts';

describe('the sections of a Markdown file', () => {
  const sections = (text: string) => markdownSections(text).map(({ path, text }) => [path.join(' > '), text]);

  it('part at the headings, which stay with what follows them', () => {
    assert.deepEqual(sections('Intro.\n\n# A\n\nOne.\n\n## B ##\nTwo.\n# C\nThree.\n'), [
      ['', 'Intro.'],
      ['A', '# A\n\nOne.'],
      ['A > B', '## B ##\nTwo.'],
      ['C', '# C\nThree.'],
    ]);
  });

  it('leave out headings without a text, front matter, and sections that programs wrote', () => {
    const text = `---\nname: x\n---\n# Title\n\n## Kept\ntext\n<!-- edge-memory:begin -->\n## Edge Memory\nnot this\n<!-- edge-memory:end -->\n`;
    assert.deepEqual(sections(text), [['Title > Kept', '## Kept\ntext']]);
  });

  it('take no line of code for a heading', () => {
    const text = '# Run\n```sh\n# a comment\nmake\n```\nafter\n~~~\n# another\n```\n~~~\n';
    assert.deepEqual(sections(text), [['Run', text.trim()]]);
  });

  it('are none in an empty file', () => {
    assert.deepEqual(markdownSections(' \r\n\r\n'), []);
  });

  it('read the line ends of Windows', () => {
    assert.deepEqual(sections('# A\r\none\r\n# B\r\ntwo\r\n'), [
      ['A', '# A\none'],
      ['B', '# B\ntwo'],
    ]);
  });
});
