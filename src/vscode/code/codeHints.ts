import * as vscode from 'vscode';
import { type CodeState, codeStateOf } from '../../memory/codeDrift.ts';
import type { Memory } from '../../memory/memory.ts';
import { SCHEME } from '../documents/memoryUri.ts';
import { labelOf, summary } from '../memoryText.ts';
import { inert } from '../plainText.ts';
import type { Services } from '../services.ts';
import { SECTION } from '../settings.ts';
import { describeCodeState } from './codeStates.ts';
import { FileMemories } from './fileMemories.ts';

/** Asked for at every pause in typing, so moved lines are looked for less far than on command. Code units to hash. */
const BUDGET = 1_000_000;
/** More would hide the code. */
const SHOWN = 3;

interface Reference {
  readonly memory: Memory;
  readonly state: CodeState | undefined;
  /** Where the memory's lines are now; the first line for a memory of the whole file. */
  readonly range: vscode.Range;
}

/** Lenses above, and hovers over, the lines that memories refer to; each only while its setting is on. */
export function registerCodeHints(services: Services): vscode.Disposable {
  let registered: vscode.Disposable | undefined;
  const register = (): void => {
    registered?.dispose();
    const { showCodeLens, showHover } = services.settings;
    registered = undefined;
    if (!showCodeLens && !showHover) return;
    const memories = new FileMemories(services);
    const provider = new CodeHints(memories);
    registered = vscode.Disposable.from(
      memories,
      ...(showCodeLens ? [vscode.languages.registerCodeLensProvider('*', provider)] : []),
      ...(showHover ? [vscode.languages.registerHoverProvider('*', provider)] : []),
    );
  };
  register();
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.editor`)) register();
    }),
    new vscode.Disposable(() => {
      registered?.dispose();
    }),
  );
}

class CodeHints implements vscode.CodeLensProvider, vscode.HoverProvider {
  readonly #memories: FileMemories;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(memories: FileMemories) {
    this.#memories = memories;
    this.onDidChangeCodeLenses = memories.onDidChange;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const perLine = new Map<number, number>();
    return (await this.#references(document)).flatMap(({ memory, state, range }) => {
      const line = range.start.line;
      const above = (perLine.get(line) ?? 0) + 1;
      perLine.set(line, above);
      if (above > SHOWN) return [];
      const what = describeCodeState(state);
      const lens = (command: string, title: string): vscode.CodeLens =>
        new vscode.CodeLens(range, {
          command: `edgeMemory.${command}`,
          title,
          arguments: [memory.contentHash],
        });
      return [
        lens('showMemory', `$(note) ${labelOf(memory)}${what === undefined ? '' : ` · ${what}`}`),
        ...(what === undefined
          ? []
          : [
              lens('updateFromCode', vscode.l10n.t('Update')),
              lens('stillTrue', vscode.l10n.t('Still True')),
              lens('deleteMemory', vscode.l10n.t('Delete')),
            ]),
      ];
    });
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const here = (await this.#references(document)).filter(({ range }) => range.contains(position));
    if (here.length === 0) return undefined;
    return new vscode.Hover(here.slice(0, SHOWN).flatMap(hoverOf));
  }

  async #references(document: vscode.TextDocument): Promise<Reference[]> {
    if (document.uri.scheme === SCHEME) return [];
    const memories = await this.#memories.of(document.uri);
    const text = memories.length === 0 ? '' : document.getText();
    return memories.map((memory) => {
      const state = memory.source && codeStateOf(memory.source, text, BUDGET);
      const [first, last] =
        state && state.kind !== 'missing' ? state.lines : (memory.source?.lines ?? [1, 1]);
      const range = new vscode.Range(first - 1, 0, last - 1, Number.MAX_SAFE_INTEGER);
      return { memory, state, range: document.validateRange(range) };
    });
  }
}

/** The text is anybody's and only text; the links are ours and run no other commands. */
function hoverOf({ memory, state }: Reference): vscode.MarkdownString[] {
  const what = describeCodeState(state);
  const shown = memory.truncated ? `${memory.content}…` : memory.content;
  const text = new vscode.MarkdownString().appendText(inert(shown));
  const links = new vscode.MarkdownString('', true);
  const commands = [
    'showMemory',
    ...(what === undefined ? [] : ['updateFromCode', 'stillTrue', 'deleteMemory']),
  ];
  links.isTrusted = { enabledCommands: commands.map((command) => `edgeMemory.${command}`) };
  links.appendMarkdown('$(note) ').appendText([summary(memory), what].filter(Boolean).join(' · '));
  const titles: Record<string, string> = {
    showMemory: vscode.l10n.t('Show Memory'),
    updateFromCode: vscode.l10n.t('Update'),
    stillTrue: vscode.l10n.t('Still True'),
    deleteMemory: vscode.l10n.t('Delete'),
  };
  const argument = encodeURIComponent(JSON.stringify([memory.contentHash]));
  for (const command of commands)
    links.appendMarkdown(` · [${titles[command] ?? ''}](command:edgeMemory.${command}?${argument})`);
  return [text, links];
}
