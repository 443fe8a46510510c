import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { databaseIn } from '../../src/local/paths.ts';
import { openStoreFile } from '../../src/local/storeFile.ts';
import { SqliteObjectStore } from '../../src/local/sqliteObjectStore.ts';
import { SqliteVectorIndex } from '../../src/local/sqliteVectorIndex.ts';
import { InThreadEmbedder } from '../../src/local/useLite/inThreadEmbedder.ts';
import { MemoryEngine } from '../../src/memory/memoryEngine.ts';
import { openWorkbench } from '../harness/openWorkbench.ts';
import type { Workbench } from '../harness/workbench.ts';
import { near, percentile, seeded, WordSource } from './corpus.ts';
import type { Figure } from './measure.ts';

const BATCH = 1000;
/** Vectors that the model really computed; the others are these with noise. */
const REAL = 200;
const NOISE = 0.6;
const KEYSTROKES = 40;
const OPENINGS = 5;
/** A person's time between two keys, and longer than an answer takes: every keystroke is measured. Milliseconds. */
const BETWEEN_KEYS = 400;
/** About ten rows: a fast turn of the wheel. */
const PIXELS_A_FRAME = 600;
const MOST_SCROLLED = 10_000;
/** Frames longer than this are seen as a jolt. Milliseconds. */
const LONG_FRAME = 50;

/** In the page: from the time of a key's event until the frame with its answer, rows or that there are none, was painted. */
const watch = `
  globalThis.drawn = [];
  let pressed = 0;
  addEventListener('keydown', ({ timeStamp }) => { pressed = timeStamp; }, true);
  const isAnswer = ({ target, addedNodes }) =>
    target.closest?.('.results') || [...addedNodes].some((node) => node.matches?.('.results, .notice'));
  new MutationObserver((changes) => {
    if (pressed === 0 || !changes.some(isAnswer)) return;
    const since = pressed;
    pressed = 0;
    requestAnimationFrame(() => setTimeout(() => drawn.push(performance.now() - since)));
  }).observe(document.querySelector('.page'), {
    subtree: true, childList: true, attributes: true, attributeFilter: ['data-query'],
  });
`;

/** Whether a keystroke goes into the field of the search that was opened in an editor tab. */
const takesKeys = `document.body?.dataset.place === 'editor' && document.activeElement?.id === 'query' && document.hasFocus()`;

/** In the page: scrolls down to the last row, some rows a frame, and answers the time of each frame. */
const scroll = `new Promise((resolve) => {
  const list = document.querySelector('.results');
  const [times, empty] = [[], []];
  let last = performance.now();
  list.scrollTo(0, 0);
  const step = (now) => {
    times.push(now - last);
    last = now;
    const { top, height } = list.getBoundingClientRect();
    empty.push([...list.querySelectorAll('.row')].every((row) => {
      const place = row.getBoundingClientRect();
      return place.bottom < top || place.top > top + height;
    }));
    const end = list.scrollHeight - list.clientHeight;
    const isThere = list.scrollTop >= end - 1 && !empty.at(-1);
    list.scrollTo(0, Math.min(end, list.scrollTop + ${PIXELS_A_FRAME}));
    if (isThere) resolve({ times: times.slice(1), empty: empty.filter(Boolean).length });
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

/** The search webview in a real VS Code, over a store of `size` memories. */
export const searchBench = async (root: string, size: number): Promise<Figure[]> => {
  const vscode = await openWorkbench();
  try {
    const file = databaseIn(path.join(vscode.home, '.edge-memory'));
    const words = await fill(file, path.join(root, 'dist/use-lite'), size);
    const label = `${size / 1000}k`;
    const { workbench, page } = vscode;
    await workbench.command('Edge Memory: Open Search');
    const frame = await workbench.webview('body[data-place="sidebar"] #query');
    await frame.locator('.row').first().waitFor();
    return [
      ...(size <= MOST_SCROLLED ? await scrolling(frame) : []),
      ...(await typing(page, frame, words, label)),
      await opening(page, workbench, label),
    ];
  } finally {
    await vscode.stop();
  }
};

async function typing(page: Page, frame: Frame, words: string, label: string): Promise<Figure[]> {
  await frame.evaluate(watch);
  await frame.locator('#query').click();
  for (let key = 0; key < KEYSTROKES; key++) {
    // Whole words and their beginnings, a new query every 8 keys.
    if (key % 8 === 0) await page.keyboard.press('Control+A');
    await page.keyboard.press(words.charAt(key).replace(' ', 'Space') || 'e');
    await page.waitForTimeout(BETWEEN_KEYS);
  }
  const drawn = await frame.evaluate<number[]>('globalThis.drawn');
  const figure = (share: number, atMost: number): Figure => ({
    what: `keystroke to first results drawn, ${label}, p${share * 100}`,
    value: percentile(drawn, share),
    unit: 'ms',
    target: { atMost },
    note: `${drawn.length} of ${KEYSTROKES} keystrokes`,
  });
  return [figure(0.5, 80), figure(0.95, 150)];
}

/** All rows of the list, whose pages are loaded on the way. */
async function scrolling(frame: Frame): Promise<Figure[]> {
  const { times, empty } = await frame.evaluate<{ times: number[]; empty: number }>(scroll);
  const long = times.filter((time) => time > LONG_FRAME);
  const rows = await frame.locator('.results').getAttribute('aria-rowcount');
  return [
    {
      what: `frames over ${LONG_FRAME} ms while ${Number(rows).toLocaleString('en')} rows are scrolled`,
      value: (100 * long.length) / times.length,
      unit: '%',
      note: `${long.length} of ${times.length}, the longest ${Math.max(...times).toFixed(0)} ms; ${empty} showed no row yet`,
    },
    {
      what: `time of a frame while they are scrolled, p95`,
      value: percentile(times, 0.95),
      unit: 'ms',
      // Of 60 frames a second no two in a row are missed.
      target: { atMost: 34 },
    },
  ];
}

/** From the command's Enter until the field of the new page takes keys; the one that is then pressed arrives. */
async function opening(page: Page, workbench: Workbench, label: string): Promise<Figure> {
  const times: number[] = [];
  for (let run = 0; run < OPENINGS; run++) {
    await page.keyboard.press('F1');
    await workbench.input().fill('>Edge Memory: Open Search in Editor');
    await workbench.pickRow('Open Search in Editor').waitFor();
    const start = performance.now();
    await page.keyboard.press('Enter');
    const tab = await frameThat(page, takesKeys);
    times.push(performance.now() - start);
    await page.keyboard.press('z');
    await tab.locator('.results[data-query$="z"], .notice').first().waitFor();
    await workbench.command('View: Close All Editors');
    await workbench.tab('Search Memories').waitFor({ state: 'detached' });
  }
  return {
    what: `search webview takes a keystroke, after its command, ${label}, p50`,
    value: percentile(times, 0.5),
    unit: 'ms',
    target: { atMost: 300 },
    note: times.map((time) => time.toFixed(0)).join(', '),
  };
}

/** Asks all frames again and again. */
async function frameThat(page: Page, isSo: string): Promise<Frame> {
  for (;;) {
    for (const frame of page.frames().slice(1))
      if (await frame.evaluate<boolean>(isSo).catch(() => false)) return frame;
    await page.waitForTimeout(5);
  }
}

/** Fills the store, beside the VS Code that runs on it; answers words to search for. */
const fill = async (file: string, useLite: string, size: number): Promise<string> => {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const random = seeded(size);
  const source = new WordSource(path.join(useLite, 'vocabulary.json'), random);
  const embedder = new InThreadEmbedder({ weightsDirectory: useLite });
  const { database, lock } = openStoreFile(file);
  try {
    const vectors = new SqliteVectorIndex(database, embedder.model);
    const engine = new MemoryEngine(
      { sql: database, vectors, objects: new SqliteObjectStore(database), embedder },
      { largeContentBytes: 1_048_576 },
    );
    const base = await embedder.embed(Array.from({ length: REAL }, () => source.words(12)));
    for (let done = 0; done < size; done += BATCH) {
      const stored = await engine.storeMany(
        Array.from({ length: BATCH }, (_, i) => ({
          content: `${source.words(75)} ${done + i}`,
          tags: [`area-${(done + i) % 200}`],
          createdAt: 1_700_000_000 + done + i,
        })),
      );
      await vectors.upsert(
        stored.map(({ contentHash }, i) => ({
          contentHash,
          chunks: [near(base[(done + i) % REAL] ?? new Float32Array(512), NOISE, random)],
        })),
      );
      database.run('DELETE FROM em_embed_queue');
    }
    return source.words(KEYSTROKES);
  } finally {
    database.close();
    lock.close();
  }
};
