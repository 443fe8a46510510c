/** Those that VS Code brings for each kind: its `id` for `workbench.colorTheme`, and its label in pickers. */
export const THEMES = [
  { name: 'dark', kind: 'vs-dark', id: 'Dark 2026', label: 'Dark 2026' },
  { name: 'light', kind: 'vs', id: 'Light Modern', label: 'Light Modern' },
  { name: 'high contrast', kind: 'hc-black', id: 'Default High Contrast', label: 'Dark High Contrast' },
  {
    name: 'high contrast light',
    kind: 'hc-light',
    id: 'Default High Contrast Light',
    label: 'Light High Contrast',
  },
] as const;

/** Numbered from 0; which of the four comes first is `EDGE_MEMORY_FIRST_THEME`. */
let windows = Number(process.env['EDGE_MEMORY_FIRST_THEME'] ?? 0);

/** Each window of a run in another one, so that the interface is driven in all of them. */
export const nextTheme = (): string => THEMES[windows++ % THEMES.length]?.id ?? '';
