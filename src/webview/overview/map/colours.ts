import { NO_GROUP } from '../../../shared/overviewProtocol.ts';

/** Red, green and blue, 0…1. */
export type Colour = readonly [number, number, number];

// Orange is missing in high contrast, and hardly to be seen in dark themes.
export const CHARTS = ['blue', 'yellow', 'green', 'purple', 'red'] as const;

/** Of a group: the next groups have the theme's colours for charts again, with another shape. */
export const colourName = (group: number): string =>
  group === NO_GROUP
    ? '--vscode-descriptionForeground'
    : `--vscode-charts-${CHARTS[group % CHARTS.length] ?? 'blue'}`;

export type Shape = 'circle' | 'square';

export const shapeOf = (group: number): Shape =>
  group !== NO_GROUP && group >= CHARTS.length ? 'square' : 'circle';

/** The theme's colours as numbers: for each group, and last for the points of none. */
export const readColours = (groups: number): Colour[] => [
  ...Array.from({ length: groups }, (_, group) => themeColour(colourName(group))),
  themeColour(colourName(NO_GROUP)),
];

export const themeColour = (variable: string): Colour => {
  const value = getComputedStyle(document.body).getPropertyValue(variable).trim();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return [0.5, 0.5, 0.5];
  // Every notation of CSS becomes a pixel.
  context.fillStyle = value || 'gray';
  context.fillRect(0, 0, 1, 1);
  const [red = 128, green = 128, blue = 128] = context.getImageData(0, 0, 1, 1).data;
  return [red / 255, green / 255, blue / 255];
};

export const cssColour = ([red, green, blue]: Colour): string =>
  `rgb(${[red, green, blue].map((part) => Math.round(part * 255)).join(' ')})`;
