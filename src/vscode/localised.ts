import * as vscode from 'vscode';

/** Letters that a sentence must have beside its gaps, or it would be found in every other one. */
const LETTERS = 10;

interface Sentence {
  readonly key: string;
  readonly pattern: RegExp;
}

let known: { readonly bundle: object; readonly sentences: readonly Sentence[] } | undefined;

/**
 * What the engine says, in the person's language. The engine knows no editor and speaks English; its sentences are
 * found again in the bundle of the language, with what filled their gaps. What is not known stays as it is.
 */
export function localised(text: string): string {
  const { bundle } = vscode.l10n;
  if (bundle === undefined) return text;
  if (text in bundle) return vscode.l10n.t(text);
  if (known?.bundle !== bundle) known = { bundle, sentences: sentencesOf(Object.keys(bundle)) };
  for (const { key, pattern } of known.sentences) {
    const filled = pattern.exec(text);
    if (filled) return vscode.l10n.t(key, ...filled.slice(1).map(localised));
  }
  return text;
}

/** Those with gaps that are filled in order, the longest first: it says most about where it came from. */
export const sentencesOf = (keys: readonly string[]): Sentence[] =>
  keys
    .filter((key) => gapsOf(key).length > 0 && gapsOf(key).every((gap, i) => gap === `{${i}}`))
    .filter((key) => lettersIn(key) >= LETTERS)
    .sort((a, b) => lettersIn(b) - lettersIn(a))
    .map((key) => ({
      key,
      pattern: new RegExp(`^${escaped(key).replace(/\\\{\d+\\\}/g, '([^]*?)')}$`, 'u'),
    }));

const gapsOf = (key: string): readonly string[] => key.match(/\{\d+\}/g) ?? [];
const lettersIn = (key: string): number => key.replace(/\{\d+\}/g, '').replace(/[^\p{L}]/gu, '').length;
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
