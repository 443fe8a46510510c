import type { Frame, Locator, Page } from 'playwright-core';

/** VS Code's web workbench, as a person sees it (its DOM in VS Code 1.139). */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits until the workbench is drawn and shows a view container of an extension, so that extensions are known. */
  async ready(container: string): Promise<void> {
    await this.page
      .locator('.monaco-workbench .part.statusbar .statusbar-item')
      .first()
      .waitFor({ timeout: 90_000 });
    await this.activity(container).waitFor({ timeout: 90_000 });
  }

  /** Waits until an extension shows an item in the status bar. */
  async activated(extension: string): Promise<void> {
    await this.page.locator(`.part.statusbar .statusbar-item[id^="${extension}."]`).first().waitFor();
  }

  /** The item of a view container in the activity bar. */
  activity(title: string): Locator {
    return this.page
      .locator(`.part.activitybar .action-item:has(a.action-label[aria-label^="${title}"])`)
      .first();
  }

  /** Whether the sidebar shows this view container. */
  async shows(title: string): Promise<boolean> {
    const classes = (await this.activity(title).getAttribute('class')) ?? '';
    return classes.split(' ').includes('checked');
  }

  /**
   * Waits until its first view, a webview, has loaded: VS Code then gives it the focus, which would close a palette.
   */
  async openContainer(title: string): Promise<void> {
    if (!(await this.shows(title))) await this.activity(title).click();
    await this.page.mouse.move(0, 0); // away, or its tooltip shows in pictures
    await this.page.locator('.part.sidebar .composite.title').filter({ hasText: title }).waitFor();
    await this.webview('body[data-place="sidebar"] #query', 60_000);
  }

  /**
   * Runs a command from the palette by its whole title ("Edge Memory: Store Memory"). Tries again for a while: an
   * open palette doesn't take in new commands, after a reload the activity bar is drawn before they are known, and
   * what takes the focus meanwhile (a panel that opens by itself) closes the palette.
   */
  async command(title: string, patienceMs = 30_000): Promise<void> {
    const end = Date.now() + patienceMs;
    const rows = '.quick-input-list .monaco-list-row';
    const row = this.page.locator(`${rows}[aria-label^="${title}"]`).first();
    // “Open Search in Editor” begins like “Open Search”, and stands above it once it was used; a key may follow a title.
    const exact = this.page
      .locator(`${rows}[aria-label="${title}"], ${rows}[aria-label^="${title}, "]`)
      .first();
    for (;;) {
      await this.page.keyboard.press('F1');
      try {
        await this.input().fill(`>${title}`, { timeout: 5000 });
        await row.waitFor({ timeout: 3000 });
        await ((await exact.isVisible()) ? exact : row).click({ timeout: 10_000 }); // soon, or the palette is gone
        await row.waitFor({ state: 'hidden' }); // what is typed next is not for the palette
        return;
      } catch (cause) {
        if (Date.now() > end) throw new Error(`The palette did not run ${title}`, { cause });
        // Of the palette alone: elsewhere it may close or clear something.
        if (await this.input().isVisible()) await this.page.keyboard.press('Escape');
      }
    }
  }

  /** The field of the open input box or quick pick. */
  input(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-box input').first();
  }

  /** Types into the open input box or quick pick, and accepts. */
  async enter(text: string): Promise<void> {
    await this.input().fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Waits until the open input box or quick pick holds this text. */
  async inputHolds(text: string): Promise<void> {
    while ((await this.input().inputValue()) !== text) await this.page.waitForTimeout(50);
  }

  /** What the open input box says about its value. */
  inputMessage(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-message');
  }

  pickRows(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
  }

  pickRow(text: string | RegExp): Locator {
    return this.pickRows().filter({ hasText: text }).first();
  }

  /** The rows of one view of the sidebar, in the order shown. */
  treeRows(view: string): Locator {
    return this.page.locator(`.part.sidebar .pane:has(.pane-header[aria-label^="${view}"]) .monaco-list-row`);
  }

  /** Waits until no view of the sidebar is loading. */
  async sidebarLoaded(): Promise<void> {
    await this.page.locator('.part.sidebar .monaco-progress-container.active').waitFor({ state: 'detached' });
  }

  treeRow(text: string | RegExp): Locator {
    return this.page.locator('.part.sidebar .monaco-list-row').filter({ hasText: text }).first();
  }

  /** Shows the rows below one. */
  async expand(text: string | RegExp): Promise<void> {
    await this.#toggle(text, 'true');
  }

  async collapse(text: string | RegExp): Promise<void> {
    await this.#toggle(text, 'false');
  }

  /** Tries again: a row that is drawn anew under the pointer loses a click. */
  async #toggle(text: string | RegExp, expanded: 'true' | 'false'): Promise<void> {
    const row = this.treeRow(text);
    await row.waitFor();
    for (let tries = 1; (await row.getAttribute('aria-expanded')) !== expanded; tries++) {
      if (tries > 5) throw new Error(`The row ${text} did not come to aria-expanded="${expanded}"`);
      await row.click();
      await this.page.waitForTimeout(500); // the tree answers a click by and by
    }
  }

  /** Opens a row's memory in an editor, which then shows `content`. Tries again, as {@link expand} does. */
  async openMemory(text: string | RegExp, content: string): Promise<void> {
    await this.#until(this.editorLines().getByText(content).first(), () => this.treeRow(text).click());
  }

  /** Does something until it shows, a few times. */
  async #until(shown: Locator, act: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      await act();
      try {
        await shown.waitFor({ timeout: 8000 });
        return;
      } catch (error) {
        if (tries === 4) throw error;
      }
    }
  }

  /**
   * Shows a row's tooltip, which holds a text. Tries again: a tree that is drawn anew under a resting mouse forgets about
   * it, or has another row there.
   */
  async tooltip(row: Locator, text: string): Promise<void> {
    const tooltip = this.page.locator('.monaco-hover:visible').filter({ hasText: text }).first();
    await this.#until(tooltip, async () => {
      await this.page.mouse.move(0, 0);
      await row.hover();
    });
  }

  /** Clicks an inline action of a tree row, or the one of that name in its context menu. */
  async treeAction(text: string | RegExp, action: string): Promise<void> {
    const row = this.treeRow(text);
    const actions = row.locator('.actions a.action-label');
    const inline = row.locator(`.actions a.action-label[aria-label^="${action}"]`).first();
    for (;;) {
      await row.hover();
      await actions
        .first()
        .waitFor({ timeout: 3000 })
        .catch(() => undefined); // it may have none
      if (!(await inline.isVisible())) return this.chooseFromMenu(row, action);
      try {
        await inline.click({ timeout: 3000 });
        return;
      } catch {
        // The tree was drawn anew: no row is under the mouse until it moves.
        await this.page.mouse.move(0, 0);
      }
    }
  }

  /** Chooses from the context menu of something. VS Code's menu ignores a click in its first moments. */
  async chooseFromMenu(place: Locator, action: string): Promise<void> {
    await place.click({ button: 'right' });
    const item = this.menuItem(action);
    for (let tries = 0; tries < 5; tries++) {
      await item.click();
      try {
        await item.waitFor({ state: 'hidden', timeout: 1000 });
        return;
      } catch {
        // It is still open.
      }
    }
    throw new Error(`The menu did not take ${action}`);
  }

  /** An item of the open context menu. */
  menuItem(label: string): Locator {
    return this.page.locator(
      `.monaco-menu .action-item a.action-menu-item:has(.action-label[aria-label^="${label}"])`,
    );
  }

  /** The text and links of a view that has no rows. */
  welcome(): Locator {
    return this.page.locator('.part.sidebar .welcome-view-content');
  }

  notification(text: string | RegExp): Locator {
    const items =
      '.notifications-toasts .notification-list-item, .notifications-center .notification-list-item';
    return this.page.locator(items).filter({ hasText: text }).first();
  }

  /**
   * Waits for a notification and gives its text. At most three toasts show, for some 10 s: the notification center
   * is looked at too.
   */
  async saw(text: string | RegExp, patienceMs = 10_000): Promise<string> {
    const item = this.notification(text);
    try {
      await item.waitFor({ timeout: Math.min(3000, patienceMs) });
    } catch {
      await this.command('Notifications: Show Notifications');
      await item.waitFor({ timeout: patienceMs });
    }
    return (await item.innerText()).trim();
  }

  async answer(notification: string | RegExp, button: string): Promise<void> {
    await this.saw(notification);
    await this.notification(notification)
      .locator('.monaco-button')
      .filter({ hasText: button })
      .first()
      .click();
  }

  async clearNotifications(): Promise<void> {
    await this.command('Notifications: Clear All Notifications');
    await this.page.locator('.notification-list-item').first().waitFor({ state: 'detached' });
  }

  /** The open modal message. */
  dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Waits until the keyboard is with the open modal message. */
  async dialogHasFocus(): Promise<void> {
    await this.dialog().locator('.monaco-button:focus').waitFor();
  }

  async answerDialog(button: string): Promise<void> {
    await this.dialog().locator('.monaco-button').filter({ hasText: button }).first().click();
    await this.dialog().waitFor({ state: 'detached' });
  }

  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: text }).first();
  }

  /** The open editor's tab. */
  tab(title: string | RegExp): Locator {
    return this.page.locator('.part.editor .tab').filter({ hasText: title }).first();
  }

  async closeEditors(): Promise<void> {
    await this.command('View: Close All Editors');
    await this.page.locator('.part.editor .tab').first().waitFor({ state: 'detached' });
  }

  /** The lines of the active text editor that are in sight. */
  editorLines(): Locator {
    return this.page.locator('.editor-group-container.active .view-lines');
  }

  /** Opens a file of the workspace. Tries again: the list of files may still move while it is clicked. */
  async openFile(name: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      await this.page.keyboard.press('Control+P');
      await this.input().fill(name);
      await this.pickRow(name).click();
      try {
        await this.tab(name).waitFor({ timeout: 10_000 });
        return;
      } catch (error) {
        if (tries === 3) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** The document of a webview that holds `selector` (a webview is two frames, one in the other). */
  async webview(selector: string, patienceMs = 15_000): Promise<Frame> {
    const end = Date.now() + patienceMs;
    while (Date.now() < end) {
      for (const frame of this.page.frames().slice(1)) {
        const count = await frame
          .locator(selector)
          .count()
          .catch(() => 0); // frames come and go
        if (count > 0) return frame;
      }
      await this.page.waitForTimeout(100);
    }
    throw new Error(`No webview shows ${selector}`);
  }
}
