import assert from 'node:assert/strict';
import type { OpenWorkbench } from '../harness/openWorkbench.ts';

/** The titles of the steps, in their order. */
export const STEPS = [
  'Store your first memory',
  'Find it',
  'Let your agent use it',
  'Connect Cloudflare',
] as const;

export async function openWalkthrough({ workbench, page }: OpenWorkbench): Promise<void> {
  // Beside the sidebar there is no room for the pictures.
  await workbench.command('View: Close Primary Side Bar');
  await workbench.command('Edge Memory: Get Started');
  const steps = page.locator('.getting-started-step');
  await steps.first().waitFor();
  assert.equal(await steps.count(), STEPS.length);
}

/** Opens a step and waits for its picture. */
export async function openStep({ workbench, page }: OpenWorkbench, title: string): Promise<void> {
  await page.locator('.getting-started-step').filter({ hasText: title }).first().click();
  await page.locator('.getting-started-step.expanded').filter({ hasText: title }).waitFor();
  await workbench.webview('svg');
}
