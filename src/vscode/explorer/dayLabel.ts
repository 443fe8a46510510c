import * as vscode from 'vscode';

const DAYS_BY_NAME = 6;

/** "Today", "Yesterday", "Monday" for the rest of a week, then the date; in the language of the editor. */
export function dayLabel(from: number, now = new Date()): string {
  const day = new Date(from * 1000);
  const ago = Math.round((startOfDay(now) - startOfDay(day)) / 86_400_000);
  const { language } = vscode.env;
  if (ago === 0) return vscode.l10n.t('Today');
  if (ago === 1) return vscode.l10n.t('Yesterday');
  if (ago > 1 && ago <= DAYS_BY_NAME) return day.toLocaleDateString(language, { weekday: 'long' });
  return day.toLocaleDateString(language, {
    day: 'numeric',
    month: 'long',
    ...(day.getFullYear() !== now.getFullYear() && { year: 'numeric' }),
  });
}

/** The date in full, for a tooltip and a screen reader. */
export const wholeDate = (from: number): string =>
  new Date(from * 1000).toLocaleDateString(vscode.env.language, { dateStyle: 'full' });

/** Milliseconds until another day begins. */
export const untilTomorrow = (now = new Date()): number =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime() - now.getTime();

const startOfDay = (date: Date): number =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
