import '../base.css';
import './overview.css';
import { html, nothing, render, type TemplateResult } from 'lit';
import type {
  Limits,
  OverviewData,
  OverviewEvents,
  OverviewMethods,
  SearchFor,
} from '../../shared/overviewProtocol.ts';
import { Host, HostError } from '../host.ts';
import { keepFocus } from '../keepFocus.ts';
import { t } from '../l10n.ts';
import { MapSection } from './mapSection.ts';
import type { OverviewHost } from './overviewHost.ts';
import { agents, clients, headline, names, overTime, place, sizes, slowest } from './sections.ts';

/** Changes come in bursts: between two readings of everything lies at least so much, milliseconds, */
const PAUSE = 2000;
/** and so many times as long as the last one took: a large store has other things to do. */
const REST = 10;
/** At Cloudflare every reading counts against the plan. Milliseconds. */
const CLOUD_PAUSE = 60_000;

/** The whole page: numbers above, the map, then one card for each question. */
class Page {
  readonly #host: OverviewHost = new Host<OverviewMethods, OverviewEvents, null>();
  readonly #root: HTMLElement;
  #data: OverviewData | undefined;
  #limits: Limits | string | undefined;
  #failure: HostError | undefined;
  /** The map's, which outlive a time without memories. */
  readonly #mapStatus = named('map-status');
  readonly #mapRoot = named('map');
  #map: MapSection | undefined;
  #refreshesSoon = false;
  /** By the last reading of the numbers. Milliseconds. */
  #took = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#host.on('changed', () => this.#refreshSoon());
    this.#host.on('embedding', ({ embedded, pending }) => {
      if (this.#data === undefined) return;
      const settled = this.#data.pending > 0 && pending === 0;
      this.#data = { ...this.#data, embedded, pending };
      this.#draw();
      if (settled) void this.#map?.load();
    });
    this.#draw();
    void this.#refresh();
  }

  #refreshSoon(): void {
    const least = this.#data?.place.kind === 'cloud' ? CLOUD_PAUSE : PAUSE;
    if (this.#refreshesSoon) return;
    this.#refreshesSoon = true;
    window.setTimeout(
      () => {
        this.#refreshesSoon = false;
        void this.#refresh();
      },
      Math.max(least, this.#took * REST),
    );
  }

  async #refresh(): Promise<void> {
    const utcOffset = -new Date().getTimezoneOffset() * 60;
    void this.#readLimits();
    const began = performance.now();
    try {
      this.#data = await this.#host.call('overview', { utcOffset });
      this.#failure = undefined;
      this.#took = performance.now() - began;
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.#failure = error;
    }
    this.#draw();
    if (this.#data !== undefined && this.#data.live > 0) await this.#showMap();
  }

  async #readLimits(): Promise<void> {
    try {
      this.#limits = await this.#host.call('limits', null);
    } catch (error) {
      this.#limits = error instanceof Error ? error.message : String(error);
    }
    this.#draw();
  }

  #showMap(): Promise<void> {
    this.#map ??= new MapSection(this.#mapRoot, this.#mapStatus, this.#host);
    return this.#map.load();
  }

  #draw(): void {
    keepFocus(
      this.#root,
      () => render(html`${this.#problem()} ${this.#content()}`, this.#root),
      () => this.#root.querySelector('h1')?.focus(),
    );
    this.#root.dataset['state'] =
      this.#data === undefined ? 'loading' : this.#data.live === 0 ? 'empty' : 'shown';
  }

  #problem(): TemplateResult | typeof nothing {
    const failure = this.#failure;
    if (failure === undefined) return nothing;
    const { action } = failure;
    return html`
      <div class="failure" role="alert">
        <p>${failure.message}</p>
        <div class="actions">
          <button type="button" @click=${() => void this.#refresh()}>${t('Try Again')}</button>
          ${
            action
              ? html`<button
                  type="button"
                  class="secondary"
                  @click=${() => void this.#host.call('runOffered', action.command)}
                >
                  ${action.title}
                </button>`
              : nothing
          }
        </div>
      </div>
    `;
  }

  #content(): TemplateResult {
    const data = this.#data;
    if (data === undefined)
      return this.#failure === undefined ? html`<p role="status">${t('Reading the memories…')}</p>` : html``;
    if (data.live === 0) return this.#empty();
    const search = (what: SearchFor): void => void this.#host.call('search', what);
    return html`
      <h1 class="visually-hidden" tabindex="-1">${t('Overview of Memories')}</h1>
      ${headline(data)}
      <section class="card map-card">
        <h2>${t('Map of memories')}</h2>
        <p class="hint">${t('What is alike by its meaning lies together.')}</p>
        ${this.#mapStatus} ${this.#mapRoot}
      </section>
      <div class="cards">
        ${overTime(data, search)} ${names(data, search)} ${clients(data)}
        ${agents(data, () => void this.#host.call('run', 'showAgentActivity'))} ${sizes(data)}
        ${place(data, this.#limits, (command) => void this.#host.call('run', command))} ${slowest(data)}
      </div>
    `;
  }

  #empty(): TemplateResult {
    return html`
      <div class="empty">
        <h1 tabindex="-1">${t('Nothing is remembered yet')}</h1>
        <p>
          ${t('Once there are memories, this page draws them over time, by tag and project, and on a map by their meaning.')}
        </p>
        <button type="button" @click=${() => void this.#host.call('run', 'storeMemory')}>
          ${t('Store a Memory')}
        </button>
      </div>
    `;
  }
}

function named(id: string): HTMLElement {
  const element = document.createElement('div');
  element.id = id;
  return element;
}

const root = document.querySelector('#app');
if (root instanceof HTMLElement) new Page(root);
