import type { Camera, Point } from './camera.ts';

/** An x and a y for each point; NaN where it has no place. */
type Positions = Float32Array;

/** The point nearest to a pixel, at most so many pixels away. */
export const nearestPoint = (
  positions: Positions,
  camera: Camera,
  pixel: Point,
  within: number,
): number | undefined => {
  const { x, y } = camera.toMap(pixel);
  let nearest: number | undefined;
  let limit = (within / camera.scale) ** 2;
  for (let i = 0; i < positions.length / 2; i++) {
    const square = ((positions[i * 2] ?? NaN) - x) ** 2 + ((positions[i * 2 + 1] ?? NaN) - y) ** 2;
    if (square > limit || Number.isNaN(square)) continue;
    limit = square;
    nearest = i;
  }
  return nearest;
};

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The nearest point in a direction, for who goes from one to the next by the keyboard. */
export const nextPoint = (positions: Positions, from: number, direction: Direction): number | undefined => {
  const [fromX, fromY] = [positions[from * 2] ?? NaN, positions[from * 2 + 1] ?? NaN];
  let next: number | undefined;
  let limit = Infinity;
  for (let i = 0; i < positions.length / 2; i++) {
    const [x, y] = [(positions[i * 2] ?? NaN) - fromX, (positions[i * 2 + 1] ?? NaN) - fromY];
    const along = { left: -x, right: x, up: y, down: -y }[direction];
    const aside = Math.abs(direction === 'left' || direction === 'right' ? y : x);
    if (!(along > 0) || aside > along) continue;
    const square = x * x + y * y;
    if (square >= limit) continue;
    limit = square;
    next = i;
  }
  return next;
};

/** Points within a line drawn around them, in pixels. */
export const pointsWithin = (positions: Positions, camera: Camera, line: readonly Point[]): number[] => {
  const around = line.map((pixel) => camera.toMap(pixel));
  const within: number[] = [];
  for (let i = 0; i < positions.length / 2; i++)
    if (isInside(positions[i * 2] ?? NaN, positions[i * 2 + 1] ?? NaN, around)) within.push(i);
  return within;
};

/** Counts how often a ray to the right crosses the line. */
const isInside = (x: number, y: number, around: readonly Point[]): boolean => {
  let inside = false;
  for (const [i, a] of around.entries()) {
    const b = around[(i + 1) % around.length] ?? a;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
};
