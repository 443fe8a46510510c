import type { Camera } from './camera.ts';
import { type Colour, cssColour, shapeOf } from './colours.ts';
import { FADED, OPACITY, radiusFor, type Renderer, type Scene } from './renderer.ts';

/** The pixels that a point covers, around its middle, and how much of each. */
interface Stamp {
  readonly half: number;
  /** 0…1, row by row. */
  readonly coverage: Float32Array;
}

/**
 * Draws without WebGL, as on machines without a graphics card. It sets pixels itself: to have the browser copy a
 * picture ten thousand times took longer than a frame.
 */
export class CanvasRenderer implements Renderer {
  readonly kind = 'canvas';
  readonly #context: CanvasRenderingContext2D;
  #image: ImageData | undefined;
  #scene: Scene | undefined;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('the browser can not draw');
    this.#context = context;
  }

  setScene(scene: Scene): void {
    this.#scene = scene;
  }

  draw(camera: Camera, ratio: number): void {
    const scene = this.#scene;
    const { width, height } = this.#context.canvas;
    const image = this.#cleared(width, height);
    if (scene === undefined) {
      this.#context.putImageData(image, 0, 0);
      return;
    }
    const { positions, groups, selected, colours, highlight } = scene;
    const last = colours.length - 1;
    const radius = radiusFor(positions.length / 2, camera.zoom) * ratio;
    const stamps = { circle: stampOf('circle', radius), square: stampOf('square', radius) };
    const scale = camera.scale * ratio;
    // Red, green, blue and opacity in one number each, in the order of the machine's bytes: little-endian everywhere.
    const pixels = new Uint32Array(image.data.buffer);
    const packed = colours.map(packedColour);
    const rings: number[] = [];
    for (let i = 0; i < groups.length; i++) {
      const x = width / 2 + ((positions[i * 2] ?? NaN) - camera.x) * scale;
      const y = height / 2 - ((positions[i * 2 + 1] ?? NaN) - camera.y) * scale;
      if (!(x > -radius && x < width + radius && y > -radius && y < height + radius)) continue;
      const group = Math.min(groups[i] ?? last, last);
      const stands = highlight === undefined || Math.min(highlight, last) === group;
      const opacity = selected[i] === 1 ? 1 : stands ? OPACITY : FADED;
      const stamp = stamps[group < last ? shapeOf(group) : 'circle'];
      press(stamp, pixels, width, height, Math.round(x), Math.round(y), packed[group] ?? 0, opacity * 255);
      if (selected[i] === 1) rings.push(x, y);
    }
    this.#context.putImageData(image, 0, 0);
    this.#ring(rings, radius, scene.foreground);
  }

  #cleared(width: number, height: number): ImageData {
    if (this.#image?.width === width && this.#image.height === height) this.#image.data.fill(0);
    else this.#image = new ImageData(width, height);
    return this.#image;
  }

  /** Around what is selected: `places` holds an x and a y for each. */
  #ring(places: readonly number[], radius: number, colour: Colour): void {
    this.#context.strokeStyle = cssColour(colour);
    this.#context.lineWidth = radius / 2;
    this.#context.beginPath();
    for (let i = 0; i < places.length; i += 2) {
      const [x, y] = [places[i] ?? 0, places[i + 1] ?? 0];
      this.#context.moveTo(x + radius * 1.4, y);
      this.#context.arc(x, y, radius * 1.4, 0, Math.PI * 2);
    }
    this.#context.stroke();
  }
}

const packedColour = ([red, green, blue]: Colour): number =>
  (Math.round(blue * 255) << 16) | (Math.round(green * 255) << 8) | Math.round(red * 255);

const stampOf = (shape: 'circle' | 'square', radius: number): Stamp => {
  const half = Math.ceil(radius);
  const side = half * 2 + 1;
  const coverage = Float32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) - half, Math.floor(i / side) - half];
    const distance = shape === 'circle' ? Math.hypot(x, y) : Math.max(Math.abs(x), Math.abs(y)) / 0.9;
    return Math.min(1, Math.max(0, radius + 0.5 - distance));
  });
  return { half, coverage };
};

/** Of two points on one pixel, the more opaque one is seen. */
const press = (
  { half, coverage }: Stamp,
  pixels: Uint32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  colour: number,
  opacity: number,
): void => {
  for (let at = 0, row = y - half; row <= y + half; row++)
    for (let column = x - half; column <= x + half; column++, at++) {
      const alpha = Math.round((coverage[at] ?? 0) * opacity);
      if (alpha === 0 || row < 0 || column < 0 || row >= height || column >= width) continue;
      const pixel = row * width + column;
      if (alpha >= (pixels[pixel] ?? 0) >>> 24) pixels[pixel] = (alpha << 24) | colour;
    }
};
