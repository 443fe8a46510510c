import * as vscode from 'vscode';
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { MemoryError } from '../../memory/errors.ts';
import { isJsonObject } from '../../memory/json.ts';
import type { JsonObject } from '../../memory/memory.ts';
import { normaliseProject, projectTag } from '../../memory/projects.ts';
import { MAX_TAGS, normaliseTags } from '../../memory/tags.ts';
import { checkContent, metadataJson } from '../../memory/text.ts';
import { localised } from '../localised.ts';
import { oneLine } from '../plainText.ts';
import { EDITABLE, READ_ONLY } from './memoryMarkdown.ts';
import { type Parts, partsOf } from './parts.ts';

/** What a person wrote: all that a memory's document says and may change. */
export interface Draft {
  readonly content: string;
  /** Normalised, those of projects included. */
  readonly tags: readonly string[];
  readonly memoryType: string | undefined;
  readonly pinned: boolean;
  readonly localOnly: boolean;
  readonly metadata: JsonObject;
}

export interface Problem {
  readonly message: string;
  /** [from, to) in UTF-16 code units of the document. */
  readonly from: number;
  readonly to: number;
  /** An error keeps the document from being saved. */
  readonly severity: 'error' | 'warning';
}

export interface Parsed {
  readonly draft: Draft;
  readonly problems: readonly Problem[];
}

const MAX_TYPE_LENGTH = 100;

/**
 * Reads a memory's document. `shown`: the fields as they are shown, so that a change of what can't be changed is
 * told; `optional`: the document may have no front matter, as one that is not stored yet.
 */
export function parseMemory(
  text: string,
  { shown, optional = false }: { shown?: ReadonlyMap<string, unknown>; optional?: boolean } = {},
): Parsed {
  const parts = partsOf(text);
  if (parts === undefined) return withoutFrontMatter(text, optional);
  return new FrontMatterReader(parts, shown).read();
}

function withoutFrontMatter(content: string, optional: boolean): Parsed {
  const reader = new FrontMatterReader({ yaml: '', yamlStart: 0, content, contentStart: 0 }, undefined);
  if (optional) return reader.read();
  reader.problem(
    vscode.l10n.t(
      'The front matter is missing: the lines from “---” to “---” at the top that hold tags and type. Undo brings them back.',
    ),
    [0, Math.min(3, content.length)],
  );
  return reader.read();
}

/** Collects what is written and what is wrong with it, field by field. */
class FrontMatterReader {
  readonly #parts: Parts;
  readonly #shown: ReadonlyMap<string, unknown> | undefined;
  readonly #document: Document.Parsed;
  readonly #problems: Problem[] = [];

  constructor(parts: Parts, shown: ReadonlyMap<string, unknown> | undefined) {
    this.#parts = parts;
    this.#shown = shown;
    this.#document = parseDocument(parts.yaml, { prettyErrors: false, stringKeys: true });
  }

  /** `range` counts within the front matter's YAML. */
  problem(message: string, range: readonly [number, number], severity: Problem['severity'] = 'error'): void {
    const { yamlStart, yaml } = this.#parts;
    const from = Math.min(range[0], yaml.length);
    this.#problems.push({
      message,
      from: yamlStart + from,
      to: yamlStart + Math.max(range[1], from + 1),
      severity,
    });
  }

  read(): Parsed {
    const { content, contentStart } = this.#parts;
    const fields = this.#fields();
    const draft: Draft = {
      content,
      tags: this.#tags(fields.get('tags'), fields.get('project')),
      memoryType: this.#type(fields.get('type')),
      pinned: this.#boolean('pinned', fields.get('pinned')),
      localOnly: this.#boolean('localOnly', fields.get('localOnly')),
      metadata: this.#metadata(fields.get('metadata')),
    };
    try {
      checkContent(content);
    } catch (error) {
      const message = messageOf(error);
      this.#problems.push({ message, from: contentStart, to: contentStart + 1, severity: 'error' });
    }
    return { draft, problems: this.#problems };
  }

  /** The values by their names; unknown names and changes of what can't be changed are told. */
  #fields(): ReadonlyMap<string, Node> {
    const { contents, errors } = this.#document;
    for (const { message, pos } of errors)
      this.problem(vscode.l10n.t('This is no YAML: {0}', oneLine(message, 200)), pos);
    if (contents === null || errors.length > 0) return new Map();
    if (!isMap(contents)) {
      this.problem(vscode.l10n.t('Write one field a line, as “tags: [one, two]”.'), rangeOf(contents));
      return new Map();
    }
    return this.#known(contents);
  }

  #known(contents: YAMLMap): ReadonlyMap<string, Node> {
    const fields = new Map<string, Node>();
    for (const { key, value } of contents.items as Pair<Node, Node | null>[]) {
      const name = isScalar(key) ? String(key.value) : '';
      if ((READ_ONLY as readonly string[]).includes(name)) this.#checkUnchanged(name, key, value);
      else if (!(EDITABLE as readonly string[]).includes(name))
        this.problem(
          vscode.l10n.t(
            '“{0}” is no field of a memory. There are {1}; keys of your own go into “metadata”.',
            oneLine(name, 40),
            EDITABLE.join(', '),
          ),
          rangeOf(key),
        );
      else if (value !== null && !(isScalar(value) && value.value === null)) fields.set(name, value);
    }
    return fields;
  }

  #checkUnchanged(name: string, key: Node, value: Node | null): void {
    if (this.#shown === undefined) return;
    if (this.#shown.get(name) === (value === null ? undefined : textOf(value))) return;
    this.problem(
      vscode.l10n.t('“{0}” can not be changed here: saving puts it back.', name),
      rangeOf(value ?? key),
      'warning',
    );
  }

  #tags(tags: Node | undefined, project: Node | undefined): string[] {
    const written = this.#texts('tags', tags);
    const named = this.#texts('project', project).map((name) => name.trim());
    // What another program stored beyond the limits may stay as it is.
    if (this.#isShown(written, named)) return [...written, ...named.map(projectTag)];
    const own = this.#limited('tags', tags, written);
    const projects = this.#limited('project', project, named);
    const normal = this.#attempt(tags, () => normaliseTags(own)) ?? [];
    return (
      this.#attempt(project ?? tags, () =>
        normaliseTags([...normal, ...projects.map((name) => projectTag(normaliseProject(name)))]),
      ) ?? normal
    );
  }

  /** A list, or words parted by commas. */
  #texts(name: string, node: Node | undefined): string[] {
    if (node === undefined) return [];
    const items = isSeq(node) ? (node.items as Node[]) : [node];
    const texts = items.flatMap((item) => {
      const text = textOf(item);
      if (text === undefined)
        this.problem(vscode.l10n.t('“{0}” takes words, as “{0}: [one, two]”.', name), rangeOf(item));
      return isSeq(node) ? (text ?? []) : (text?.split(',') ?? []);
    });
    return texts.filter((text) => text.trim() !== '');
  }

  #limited(name: string, node: Node | undefined, words: readonly string[]): readonly string[] {
    if (node !== undefined && words.length > MAX_TAGS)
      this.problem(
        vscode.l10n.t('There are {0} in “{1}”; at most {2} are stored.', words.length, name, MAX_TAGS),
        rangeOf(node),
      );
    return words.slice(0, MAX_TAGS);
  }

  #isShown(tags: readonly string[], projects: readonly string[]): boolean {
    if (this.#shown === undefined) return false;
    const shown = [this.#shown.get('tags'), this.#shown.get('project') ?? ''];
    return JSON.stringify([tags, projects.join(', ')]) === JSON.stringify(shown);
  }

  #type(node: Node | undefined): string | undefined {
    if (node === undefined) return undefined;
    const text = textOf(node)?.trim();
    if (text === undefined)
      this.problem(vscode.l10n.t('“type” takes one word, as “type: decision”.'), rangeOf(node));
    else if (text.length > MAX_TYPE_LENGTH)
      this.problem(
        vscode.l10n.t('The type has {0} characters; at most {1} are stored.', text.length, MAX_TYPE_LENGTH),
        rangeOf(node),
      );
    return text === '' ? undefined : text;
  }

  #boolean(name: string, node: Node | undefined): boolean {
    if (node === undefined) return false;
    const value: unknown = isScalar(node) ? node.value : undefined;
    if (typeof value === 'boolean') return value;
    this.problem(vscode.l10n.t('“{0}” is true or false.', name), rangeOf(node));
    return false;
  }

  #metadata(node: Node | undefined): JsonObject {
    if (node === undefined) return {};
    const value = this.#attempt(node, (): unknown => node.toJS(this.#document));
    if (isJsonObject(value)) {
      this.#attempt(node, () => metadataJson(value));
      return value;
    }
    this.problem(
      vscode.l10n.t('“metadata” takes names with values, as “metadata: {"key": 1}”.'),
      rangeOf(node),
    );
    return {};
  }

  #attempt<T>(node: Node | undefined, check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      this.problem(messageOf(error), node ? rangeOf(node) : [0, 1]);
      return undefined;
    }
  }
}

const rangeOf = (node: Node): readonly [number, number] => [node.range?.[0] ?? 0, node.range?.[1] ?? 0];

/** A word as it is written: `1e5` and `2024` are no numbers to a person who tags. */
function textOf(node: Node): string | undefined {
  if (!isScalar(node)) return undefined;
  if (typeof node.value === 'string') return node.value;
  return node.value === null ? undefined : node.source;
}

const messageOf = (error: unknown): string =>
  MemoryError.is(error)
    ? `${localised(error.message)} ${localised(error.nextStep)}`
    : oneLine(String(error), 200);
