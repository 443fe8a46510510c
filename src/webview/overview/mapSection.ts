import { html, nothing, render, type TemplateResult } from 'lit';
import type { Placed } from '../../shared/overviewProtocol.ts';
import { keepFocus } from '../keepFocus.ts';
import { t } from '../l10n.ts';
import { MapView } from './map/mapView.ts';
import { number } from './numbers.ts';
import type { OverviewHost } from './overviewHost.ts';

/** Reads the map, shows what has a place, and has the rest placed; says how far it is. */
export class MapSection {
  readonly #host: OverviewHost;
  readonly #status: HTMLElement;
  readonly #view: MapView;
  readonly #root: HTMLElement;
  #placing: AbortController | undefined;
  #progress = 0;
  #total = 0;
  #shown = 0;
  #withoutVector = 0;
  #again = false;

  constructor(root: HTMLElement, status: HTMLElement, host: OverviewHost) {
    this.#root = root;
    this.#status = status;
    this.#host = host;
    this.#view = new MapView(root, host);
    host.on('quick', (positions) => {
      this.#view.move(positions);
      this.#root.dataset['stage'] = 'quick';
    });
    host.on('progress', (done) => {
      this.#progress = done;
      this.#say();
    });
  }

  /** Reads the memories anew; while they are being placed, that is finished first. */
  async load(): Promise<void> {
    if (this.#placing !== undefined) {
      this.#again = true;
      return;
    }
    const placing = new AbortController();
    this.#placing = placing;
    try {
      const data = await this.#host.call('map', null, placing.signal);
      this.#total = data.total;
      this.#shown = data.hashes.length;
      this.#withoutVector = 0;
      this.#view.show(data);
      this.#root.dataset['stage'] = data.unplaced === 0 ? 'placed' : 'placing';
      if (data.unplaced > 0) await this.#place(placing.signal);
    } catch (error) {
      this.#placing = undefined;
      if (placing.signal.aborted) this.#say(true);
      else this.#fail(error);
      return;
    }
    this.#placing = undefined;
    this.#say();
    if (this.#again) {
      this.#again = false;
      await this.load();
    }
  }

  async #place(signal: AbortSignal): Promise<void> {
    this.#progress = 0;
    this.#say();
    const placed: Placed = await this.#host.call('place', null, signal);
    this.#withoutVector = placed.withoutVector;
    this.#view.move(placed.positions);
    this.#root.dataset['stage'] = 'placed';
  }

  #cancel(): void {
    this.#placing?.abort(new DOMException('cancelled', 'AbortError'));
  }

  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#draw(
      html`<p class="failure" role="alert">${message}</p>
        <button type="button" class="secondary" @click=${() => void this.load()}>${t('Try Again')}</button>`,
    );
  }

  /** A button that is done with leaves the focus to the one in its place, else to the map. */
  #draw(status: TemplateResult): void {
    keepFocus(
      this.#status,
      () => render(status, this.#status),
      () => {
        const button = this.#status.querySelector('button');
        if (button === null) this.#view.focus();
        else button.focus();
      },
    );
  }

  #say(cancelled = false): void {
    const waiting = this.#withoutVector;
    const placing = this.#placing !== undefined && this.#root.dataset['stage'] !== 'placed';
    this.#root.hidden = this.#shown === 0 || (waiting > 0 && waiting === this.#shown);
    this.#draw(html`
      ${
        placing
          ? html`<div class="progress">
              <label for="placing">${t('Placing memories by their meaning')}</label>
              <progress id="placing" max="1" value=${this.#progress}></progress>
              <button type="button" class="secondary" @click=${() => this.#cancel()}>${t('Cancel')}</button>
            </div>`
          : nothing
      }
      ${
        cancelled
          ? html`<p class="hint">
              ${t('The map was not finished.')}
              <button type="button" class="secondary" @click=${() => void this.load()}>${t('Go On')}</button>
            </p>`
          : nothing
      }
      ${
        waiting > 0
          ? html`<p class="hint">
              ${waiting === 1 ? t('1 memory has no place: it waits for its vector, or is in another language than the model’s.') : t('{0} memories have no place: they wait for their vector, or are in another language than the model’s.', number(waiting))}
            </p>`
          : nothing
      }
      ${
        this.#total > this.#shown
          ? html`<p class="hint">
              ${t('The newest {0} of {1} memories are drawn.', number(this.#shown), number(this.#total))}
            </p>`
          : nothing
      }
    `);
  }
}
