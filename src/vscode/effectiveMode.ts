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

/** The same in one word or two, for the status bar. */
export function shortMode(mode: EffectiveMode): string {
  if (mode.meaning === undefined) return vscode.l10n.t('keyword only');
  return mode.keyword === 'off' ? vscode.l10n.t('meaning only') : vscode.l10n.t('hybrid');
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
