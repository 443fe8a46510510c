import * as vscode from 'vscode';
import type { EffectiveMode } from '../memory/memory.ts';
import { localised } from './localised.ts';

/** How memories are found, "keyword + basic local meaning", or why with less than that. */
export function describeMode({ keyword, meaning, reducedBecause }: EffectiveMode): string {
  const ways = [keywordWay(keyword), meaning === undefined ? undefined : localised(meaning)]
    .filter((way) => way !== undefined)
    .join(' + ');
  if (reducedBecause === undefined) return ways;
  const reason = localised(reducedBecause);
  return keyword === 'full-text' ? reason : `${ways} (${reason})`;
}

/** The same in a word or two, for the status bar. */
export function shortMode({ keyword, meaning }: EffectiveMode): string {
  if (keyword === 'off') return vscode.l10n.t('meaning only');
  // Less than keywords, which are found in every form of a word.
  if (keyword === 'plain-scan')
    return meaning === undefined ? vscode.l10n.t('whole words only') : vscode.l10n.t('whole words + meaning');
  return meaning === undefined ? vscode.l10n.t('keyword only') : vscode.l10n.t('hybrid');
}

function keywordWay(keyword: EffectiveMode['keyword']): string | undefined {
  switch (keyword) {
    case 'full-text':
      return vscode.l10n.t('keyword');
    case 'plain-scan':
      return vscode.l10n.t('whole words');
    case 'substring':
      return vscode.l10n.t('exact text');
    case 'off':
      return undefined;
  }
}
