const CLOSEST = 200;
const FARTHEST = 0.5;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Which part of the map is in sight. The map lies in -1…1; the screen counts CSS pixels from its upper left. */
export class Camera {
  /** The place of the map in the middle of the screen. */
  x = 0;
  y = 0;
  /** 1: the whole map fits. */
  zoom = 1;
  width = 1;
  height = 1;

  /** Pixels for 1 of the map; some room stays at the edges. */
  get scale(): number {
    return (Math.min(this.width, this.height) / 2) * 0.92 * this.zoom;
  }

  toScreen(x: number, y: number): Point {
    return { x: this.width / 2 + (x - this.x) * this.scale, y: this.height / 2 - (y - this.y) * this.scale };
  }

  toMap({ x, y }: Point): Point {
    return { x: this.x + (x - this.width / 2) / this.scale, y: this.y - (y - this.height / 2) / this.scale };
  }

  /** What lies under the pixel stays there. */
  zoomAt(pixel: Point, factor: number): void {
    const before = this.toMap(pixel);
    this.zoom = Math.min(CLOSEST, Math.max(FARTHEST, this.zoom * factor));
    const after = this.toMap(pixel);
    this.x += before.x - after.x;
    this.y += before.y - after.y;
  }

  pan(pixelsX: number, pixelsY: number): void {
    this.x -= pixelsX / this.scale;
    this.y += pixelsY / this.scale;
  }

  /** Brings a place into sight, if it is not. */
  reveal(x: number, y: number): void {
    const margin = 24;
    const at = this.toScreen(x, y);
    if (at.x < margin || at.x > this.width - margin || at.y < margin || at.y > this.height - margin) {
      this.x = x;
      this.y = y;
    }
  }

  reset(): void {
    this.x = this.y = 0;
    this.zoom = 1;
  }
}
