import { t } from '../l10n.ts';

const language = document.documentElement.lang || 'en';

export const number = (value: number): string => value.toLocaleString(language);

/** "1 memory", "12 memories". */
export const memories = (count: number): string =>
  count === 1 ? t('1 memory') : t('{0} memories', number(count));

/** "4.2 MB" in the person's language. */
export const bytes = (value: number): string => {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = value < 1000 ? 0 : value < 1e6 ? 1 : value < 1e9 ? 2 : 3;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[step],
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(value / 1000 ** step);
};

export const milliseconds = (value: number): string =>
  new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'millisecond',
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);

export const date = (at: Date, style: Intl.DateTimeFormatOptions): string =>
  at.toLocaleDateString(language, style);
