import { openWorkbench } from '../harness/openWorkbench.ts';
import type { Workbench } from '../harness/workbench.ts';
import { percentile } from './corpus.ts';
import type { Figure } from './measure.ts';

const STARTS = 5;
/** Tall enough for a row of every extension. */
const VIEWPORT = { width: 1280, height: 12_000 };

/** Milliseconds that VS Code shows for an extension: loading its code and calling `activate`, on the host's thread. */
const activationTime = async (workbench: Workbench): Promise<number> => {
  await workbench.command('Developer: Show Running Extensions');
  const row = workbench.page.locator('.runtime-extensions-editor .extension').filter({
    has: workbench.page.locator('.name', { hasText: /^Edge Memory$/ }),
  });
  const text = await row.locator('.activation-time').innerText();
  const milliseconds = /(\d+)\s*ms/.exec(text)?.[1];
  if (milliseconds === undefined) throw new Error(`no time in “${text}”`);
  return Number(milliseconds);
};

/** The packaged extension in a real VS Code. */
export const editorBench = async (): Promise<Figure[]> => {
  const vscode = await openWorkbench();
  try {
    await vscode.page.setViewportSize(VIEWPORT);
    const times: number[] = [];
    for (let start = 0; start < STARTS; start++) {
      if (start > 0) await vscode.reload();
      await vscode.workbench.activated('edge-memory.edge-memory');
      times.push(await activationTime(vscode.workbench));
    }
    return [
      {
        what: "activation on the host's thread, by VS Code's own clock, p50",
        value: percentile(times, 0.5),
        unit: 'ms',
        target: { atMost: 50 },
        note: times.join(', '),
      },
    ];
  } finally {
    await vscode.stop();
  }
};
