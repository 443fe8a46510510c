import type { Camera, Point } from './camera.ts';
import type { StageParts } from './stage.ts';

interface PointerActions {
  readonly moved: () => void;
  /** Undefined: the pointer has left. */
  readonly over: (pixel: Point | undefined) => void;
  readonly clicked: (pixel: Point) => void;
  readonly lassoed: (line: readonly Point[]) => void;
}

/** Pixels that a hand may tremble during a click. */
const STILL = 4;

/** The map by the mouse: drag moves it, the wheel looks nearer, and with Shift or the tool a line selects. */
export class Pointer {
  readonly #parts: StageParts;
  readonly #camera: Camera;
  readonly #actions: PointerActions;
  #lasso = false;
  #line: Point[] | undefined;
  #from: Point | undefined;
  #dragged = false;

  constructor(parts: StageParts, camera: Camera, actions: PointerActions) {
    this.#parts = parts;
    this.#camera = camera;
    this.#actions = actions;
    const { canvas } = parts;
    canvas.addEventListener('pointerdown', (event) => this.#down(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    canvas.addEventListener('pointerup', (event) => this.#up(event));
    canvas.addEventListener('pointercancel', () => this.#end());
    canvas.addEventListener('pointerleave', () => actions.over(undefined));
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
  }

  setLasso(on: boolean): void {
    this.#lasso = on;
    this.#parts.canvas.classList.toggle('lasso', on);
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#parts.canvas.setPointerCapture(event.pointerId);
    this.#from = pixelOf(event);
    this.#dragged = false;
    if (this.#lasso || event.shiftKey) this.#line = [this.#from];
  }

  #move(event: PointerEvent): void {
    const pixel = pixelOf(event);
    const from = this.#from;
    if (from === undefined) {
      this.#actions.over(pixel);
      return;
    }
    this.#dragged ||= Math.hypot(pixel.x - from.x, pixel.y - from.y) > STILL;
    if (!this.#dragged) return;
    this.#actions.over(undefined);
    if (this.#line !== undefined) {
      this.#line.push(pixel);
      this.#parts.lasso.setAttribute('points', this.#line.map(({ x, y }) => `${x},${y}`).join(' '));
      return;
    }
    this.#camera.pan(pixel.x - from.x, pixel.y - from.y);
    this.#from = pixel;
    this.#actions.moved();
  }

  #up(event: PointerEvent): void {
    if (this.#from === undefined) return;
    if (!this.#dragged) this.#actions.clicked(pixelOf(event));
    else if (this.#line !== undefined) this.#actions.lassoed(this.#line);
    this.#end();
  }

  #end(): void {
    this.#from = this.#line = undefined;
    this.#parts.lasso.setAttribute('points', '');
  }

  #wheel(event: WheelEvent): void {
    // The page scrolls unless the map has the focus or the key for zooming is held.
    if (document.activeElement !== this.#parts.canvas && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
    this.#camera.zoomAt(pixelOf(event), Math.exp(-event.deltaY * lines * 0.002));
    this.#actions.moved();
  }
}

const pixelOf = (event: MouseEvent): Point => ({ x: event.offsetX, y: event.offsetY });
