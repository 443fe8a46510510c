/** A memory's document, cut into its two parts. Offsets in UTF-16 code units of the document. */
export interface Parts {
  readonly yaml: string;
  readonly yamlStart: number;
  readonly content: string;
  readonly contentStart: number;
}

/**
 * Cuts off the front matter: the lines between `---` and the next `---`, the empty line after it, and the last line
 * end, all of which `memoryMarkdown` put around the content. Undefined where there is no front matter.
 */
export function partsOf(text: string): Parts | undefined {
  const opening = /^---[ \t]*(\r?\n)/.exec(text);
  if (opening === null) return undefined;
  const [first, lineEnd = '\n'] = opening;
  const closing = /^---[ \t]*(?:\r?\n|$)/m;
  const rest = text.slice(first.length);
  const end = closing.exec(rest);
  if (end === null) return undefined;
  let contentStart = first.length + end.index + end[0].length;
  if (text.startsWith(lineEnd, contentStart)) contentStart += lineEnd.length;
  const contentEnd = text.endsWith(lineEnd) ? text.length - lineEnd.length : text.length;
  return {
    yaml: rest.slice(0, end.index),
    yamlStart: first.length,
    content: text.slice(contentStart, Math.max(contentStart, contentEnd)),
    contentStart,
  };
}
