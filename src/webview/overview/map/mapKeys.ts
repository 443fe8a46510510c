import { type Direction, nextPoint } from './geometry.ts';

interface KeyActions {
  readonly positions: () => Float32Array | undefined;
  readonly current: () => number | undefined;
  readonly go: (row: number) => void;
  readonly open: () => void;
  readonly zoom: (factor: number) => void;
  readonly whole: () => void;
  readonly leave: () => void;
}

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** The map by the keyboard: arrows go from point to point, + and - look nearer and farther, 0 shows all. */
export class MapKeys {
  readonly #actions: KeyActions;

  constructor(canvas: HTMLCanvasElement, actions: KeyActions) {
    this.#actions = actions;
    canvas.addEventListener('keydown', (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey && this.#press(event.key)) event.preventDefault();
    });
  }

  #press(key: string): boolean {
    const direction = directions[key];
    if (direction !== undefined) return this.#go(direction);
    const presses: Readonly<Record<string, () => void>> = {
      Enter: this.#actions.open,
      '+': () => this.#actions.zoom(1.4),
      '=': () => this.#actions.zoom(1.4),
      '-': () => this.#actions.zoom(1 / 1.4),
      '0': this.#actions.whole,
      Escape: this.#actions.leave,
    };
    const press = presses[key];
    press?.();
    return press !== undefined;
  }

  #go(direction: Direction): boolean {
    const positions = this.#actions.positions();
    if (positions === undefined) return false;
    const current = this.#actions.current();
    const next = current === undefined ? firstPlaced(positions) : nextPoint(positions, current, direction);
    if (next !== undefined) this.#actions.go(next);
    return true;
  }
}

/** The newest memory that has a place. */
const firstPlaced = (positions: Float32Array): number | undefined => {
  for (let row = 0; row < positions.length / 2; row++) if (!Number.isNaN(positions[row * 2])) return row;
  return undefined;
};
