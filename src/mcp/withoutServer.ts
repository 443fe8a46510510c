import {
  applyEdits,
  createScanner,
  type Edit,
  findNodeAtLocation,
  type Node,
  type ParseError,
  parseTree,
} from 'jsonc-parser';
import { SERVER } from './clientConfigs.ts';

/** What clients call the object that holds their servers. */
const HOLDERS = ['mcpServers', 'context_servers', 'servers'];

/**
 * The text of a client's JSON file without the entry of this server; comments and everything else stay as they are.
 * Undefined where there is no such entry, or where the file can't be read as JSON.
 */
export const withoutServer = (text: string): string | undefined => {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  if (tree === undefined || errors.length > 0) return undefined;
  const entries = HOLDERS.flatMap((holder) => findNodeAtLocation(tree, [holder, SERVER])?.parent ?? []);
  if (entries.length === 0) return undefined;
  return applyEdits(
    text,
    entries.flatMap((entry) => removalOf(text, entry)),
  );
};

/** jsonc-parser's own removal takes comments along that stand before the entry. */
const removalOf = (text: string, property: Node): Edit[] => {
  const { children = [], offset = 0, length = 0 } = property.parent ?? {};
  const place = children.indexOf(property);
  const end = property.offset + property.length;
  const after = commaIn(text, end, children[place + 1]?.offset ?? offset + length);
  const previous = children[place - 1];
  // The last one of a list that must not end with a comma.
  const before =
    after === undefined && previous
      ? commaIn(text, previous.offset + previous.length, property.offset)
      : undefined;
  return [
    ...(before === undefined ? [] : [{ offset: before, length: 1, content: '' }]),
    wholeLines(text, property.offset, after === undefined ? end : after + 1),
  ];
};

/** Where the comma between two places is, outside of comments. */
const commaIn = (text: string, from: number, to: number): number | undefined => {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  scanner.scan();
  const place = scanner.getTokenOffset();
  return place < to && text[place] === ',' ? place : undefined;
};

/** Lines that would hold nothing any more go, too. */
const wholeLines = (text: string, from: number, to: number): Edit => {
  const indent = /(?<=[\r\n])[ \t]*$/.exec(text.slice(0, from));
  const rest = /^[ \t]*(?:\r\n|\r|\n)/.exec(text.slice(to));
  const [start, end] = indent && rest ? [indent.index, to + rest[0].length] : [from, to];
  return { offset: start, length: end - start, content: '' };
};
