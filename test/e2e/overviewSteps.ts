import type { Frame } from 'playwright-core';
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
