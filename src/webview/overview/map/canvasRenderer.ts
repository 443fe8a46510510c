import type { Camera } from './camera.ts';
import { cssColour, shapeOf } from './colours.ts';
import { FADED, OPACITY, radiusFor, type Renderer, type Scene } from './renderer.ts';

/** Draws without WebGL, as on machines without a graphics card: each point is a copy of one small picture. */
export class CanvasRenderer implements Renderer {
  readonly kind = 'canvas';
  readonly #context: CanvasRenderingContext2D;
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
    const { canvas } = this.#context;
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.clearRect(0, 0, canvas.width, canvas.height);
    if (scene === undefined) return;
    const { positions, groups, selected, colours, highlight } = scene;
    const last = colours.length - 1;
    const radius = radiusFor(positions.length / 2, camera.zoom) * ratio;
    const pictures = colours.map((_, group) => this.#picture(scene, group, radius));
    const scale = camera.scale * ratio;
    for (let i = 0; i < groups.length; i++) {
      const x = canvas.width / 2 + ((positions[i * 2] ?? NaN) - camera.x) * scale;
      const y = canvas.height / 2 - ((positions[i * 2 + 1] ?? NaN) - camera.y) * scale;
      if (!(x > -radius && x < canvas.width + radius && y > -radius && y < canvas.height + radius)) continue;
      const group = Math.min(groups[i] ?? last, last);
      const shown = highlight === undefined || Math.min(highlight, last) === group;
      this.#context.globalAlpha = selected[i] === 1 ? 1 : shown ? OPACITY : FADED;
      const picture = pictures[group];
      if (picture) this.#context.drawImage(picture, x - picture.width / 2, y - picture.height / 2);
      if (selected[i] === 1) this.#ring(scene, x, y, radius);
    }
    this.#context.globalAlpha = 1;
  }

  #ring({ foreground }: Scene, x: number, y: number, radius: number): void {
    this.#context.strokeStyle = cssColour(foreground);
    this.#context.lineWidth = radius / 2;
    this.#context.beginPath();
    this.#context.arc(x, y, radius * 1.4, 0, Math.PI * 2);
    this.#context.stroke();
  }

  #picture({ colours }: Scene, group: number, radius: number): HTMLCanvasElement {
    const picture = document.createElement('canvas');
    picture.width = picture.height = Math.ceil(radius * 2) + 2;
    const context = picture.getContext('2d');
    if (context === null) return picture;
    context.fillStyle = cssColour(colours[group] ?? [0.5, 0.5, 0.5]);
    const middle = picture.width / 2;
    context.beginPath();
    if (group < colours.length - 1 && shapeOf(group) === 'square')
      context.rect(middle - radius * 0.9, middle - radius * 0.9, radius * 1.8, radius * 1.8);
    else context.arc(middle, middle, radius, 0, Math.PI * 2);
    context.fill();
    return picture;
  }
}
