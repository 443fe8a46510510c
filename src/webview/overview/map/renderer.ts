import type { Camera } from './camera.ts';
import type { Colour } from './colours.ts';

/** The points as they are to be drawn. */
export interface Scene {
  /** An x and a y in -1…1 for each; NaN is not drawn. */
  readonly positions: Float32Array;
  /** An index into `colours` for each. */
  readonly groups: Uint8Array;
  /** 1 for those that are selected. */
  readonly selected: Uint8Array;
  readonly colours: readonly Colour[];
  /** For a ring around what is selected. */
  readonly foreground: Colour;
  /** The only group that stands out; undefined: all do. */
  readonly highlight: number | undefined;
}

export interface Renderer {
  /** For whoever looks: `webgl` or `canvas`. */
  readonly kind: 'webgl' | 'canvas';
  setScene(scene: Scene): void;
  /** `ratio`: device pixels for one of CSS. */
  draw(camera: Camera, ratio: number): void;
}

/** Radius of a point in CSS pixels: smaller where there are many, larger the nearer one looks. */
export const radiusFor = (points: number, zoom: number): number => {
  const base = points > 5000 ? 2.2 : points > 800 ? 3 : 4.5;
  return Math.min(9, base * zoom ** 0.35);
};

/** Points of other groups than the highlighted one are nearly gone. */
export const FADED = 0.12;
export const OPACITY = 0.85;
