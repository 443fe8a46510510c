import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Checks the open webview for what keeps people out: axe-core's rules, the contrast of its theme among them. */
export async function assertNoBarriers(page: Page): Promise<void> {
  // The frame of a webview lies in another one.
  const { violations, passes } = await new AxeBuilder({ page })
    .include(['iframe.webview', 'iframe', 'main'])
    .analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    [],
  );
  assert.ok(passes.some(({ id }) => id === 'color-contrast') && passes.length > 10);
}
