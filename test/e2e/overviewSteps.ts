import type { Frame, Locator, Page } from 'playwright-core';
import type { NewMemory } from '../../src/memory/memory.ts';
import type { Workbench } from '../harness/workbench.ts';

const DAY = 86_400;

const topics: Readonly<Record<string, readonly string[]>> = {
  database: [
    'The staging database listens on port 5433',
    'Postgres keeps the orders',
    'Back up the database',
  ],
  release: ['Deploys go out on Tuesdays', 'A release needs two approvals', 'Tag every release in Git'],
  interface: [
    'Buttons are blue in the dark theme',
    'The sidebar collapses below 200 pixels',
    'Icons are SVG',
  ],
  people: ['Ada knows the billing code', 'Bob is on call this week', 'Ask Eve about contracts'],
};

/** 48 memories in four topics, over three months, by three programs. */
export const memories: readonly NewMemory[] = Object.entries(topics).flatMap(([topic, texts], t) =>
  Array.from({ length: 12 }, (_, i) => ({
    content: `${texts[i % texts.length] ?? ''}, note ${i}`,
    tags: [topic, ...(i % 4 === 0 ? ['important'] : [])],
    memoryType: i % 3 === 0 ? 'decision' : 'note',
    project: t % 2 === 0 ? 'shop' : 'website',
    createdAt: Date.now() / 1000 - (t * 21 + i * 2) * DAY,
    source: { client: ['vscode', 'cli', 'Claude Code 2.1'][i % 3] },
  })),
);

export const openOverview = async (workbench: Workbench): Promise<Frame> => {
  await workbench.command('Edge Memory: Open Overview');
  return workbench.webview('#app[data-state]', 60_000);
};

export const drawn = (frame: Frame, points: number): Promise<void> =>
  frame.locator(`canvas[data-drawn="${points}"]`).waitFor();

/** Pixels between a point and its preview. */
const ASIDE = 14;

/** How far the preview is from each side of the map's frame, NaN where that is not said, and how large that is. */
const readPlace = `(() => {
  const frame = document.querySelector('.frame');
  const { style } = frame.querySelector('.preview');
  return [...['left', 'right', 'top', 'bottom'].map((side) => parseFloat(style[side])), frame.clientWidth, frame.clientHeight];
})()`;

/** A memory on the map: pixels of the canvas, and what its preview says. */
export interface MapPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** The map as a hand uses it. */
export class MapFace {
  readonly #page: Page;
  readonly #frame: Frame;
  readonly canvas: Locator;
  /** The text of the preview in sight. */
  readonly preview: Locator;

  constructor(page: Page, frame: Frame) {
    this.#page = page;
    this.#frame = frame;
    this.canvas = frame.locator('canvas');
    this.preview = frame.locator('.preview:not([hidden]) .text');
  }

  /** Goes to a memory by the keyboard; its place is known by the preview beside it. */
  async pointBy(...keys: readonly string[]): Promise<MapPoint> {
    await this.canvas.focus();
    for (const key of keys) {
      await this.canvas.press(key);
      await this.preview.filter({ hasText: /./ }).waitFor();
    }
    const [left, right, top, bottom, width, height] = await this.#frame.evaluate<number[]>(readPlace);
    const place = (before = NaN, after = NaN, size = 0): number =>
      Number.isNaN(before) ? size - after + ASIDE : before - ASIDE;
    return {
      x: place(left, right, width),
      y: place(top, bottom, height),
      text: (await this.preview.textContent()) ?? '',
    };
  }

  async move({ x, y }: Pick<MapPoint, 'x' | 'y'>, steps = 1): Promise<void> {
    const box = await this.canvas.boundingBox();
    if (box === null) throw new Error('the map is not in sight');
    await this.#page.mouse.move(box.x + x, box.y + y, { steps });
  }

  /** To where no memory is. */
  async moveAway(): Promise<void> {
    await this.move({ x: 4, y: 4 });
    await this.preview.waitFor({ state: 'detached' });
  }

  /** Rests on a place and waits for the preview of a memory. */
  async hover(place: Pick<MapPoint, 'x' | 'y'>, text: string): Promise<void> {
    await this.moveAway();
    await this.move(place, 3);
    await this.preview.filter({ hasText: text }).waitFor();
  }
}
