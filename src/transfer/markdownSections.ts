export interface MarkdownSection {
  /** The headings that lead to it, outermost first. */
  readonly path: readonly string[];
  /** With its own heading; trimmed, never empty. */
  readonly text: string;
}

const HEADING = /^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
/** Sections that programs wrote for agents, ours among them: instructions, not knowledge. */
const MARKED = /<!-- ([\w-]+):begin -->[^]*?<!-- \1:end -->/g;
const FRONT_MATTER = /^---\r?\n[^]*?\r?\n---\r?\n/;

/**
 * Parts a Markdown text at its headings, those in code apart; what stands under a heading before the next one belongs
 * to it. Sections of a heading alone are left out.
 */
export const markdownSections = (markdown: string): MarkdownSection[] => {
  const sections: { path: string[]; lines: string[]; body: boolean }[] = [
    { path: [], lines: [], body: false },
  ];
  const path: { level: number; title: string }[] = [];
  let fence: string | undefined;
  for (const line of markdown.replace(FRONT_MATTER, '').replace(MARKED, '').split(/\r?\n/)) {
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || mark.startsWith(fence)))
      fence = fence === undefined ? mark : undefined;
    const heading = fence === undefined && mark === undefined ? HEADING.exec(line) : null;
    const current = sections.at(-1);
    if (heading === null) {
      current?.lines.push(line);
      if (current && line.trim() !== '') current.body = true;
      continue;
    }
    const [, marks = '', title = ''] = heading;
    while ((path.at(-1)?.level ?? 0) >= marks.length) path.pop();
    path.push({ level: marks.length, title });
    sections.push({ path: path.map((part) => part.title), lines: [line], body: false });
  }
  return sections
    .filter(({ body }) => body)
    .map(({ path, lines }) => ({ path, text: lines.join('\n').trim() }));
};
