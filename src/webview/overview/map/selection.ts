import { html, nothing, render, type TemplateResult } from 'lit';
import type { BulkAction, Preview } from '../../../shared/overviewProtocol.ts';
import { keepFocus } from '../../keepFocus.ts';
import { t } from '../../l10n.ts';
import { number } from '../numbers.ts';
import type { OverviewHost } from '../overviewHost.ts';

/** Of what is selected, so many are listed. */
const LISTED = 50;

interface SelectionActions {
  readonly change: (rows: readonly number[]) => void;
  /** The focus goes back to the map. */
  readonly leave: () => void;
}

/** The memories that are selected on the map, and what can be done with all of them. */
export class Selection {
  readonly #root: HTMLElement;
  readonly #host: OverviewHost;
  readonly #actions: SelectionActions;
  #hashes: readonly string[] = [];
  #rows: readonly number[] = [];
  #previews: readonly Preview[] = [];

  constructor(root: HTMLElement, host: OverviewHost, actions: SelectionActions) {
    this.#root = root;
    this.#host = host;
    this.#actions = actions;
  }

  get rows(): readonly number[] {
    return this.#rows;
  }

  get hashes(): readonly string[] {
    return this.#rows.map((row) => this.#hashes[row] ?? '');
  }

  setHashes(hashes: readonly string[]): void {
    this.#hashes = hashes;
  }

  show(rows: readonly number[], read: boolean): void {
    this.#rows = rows;
    if (read || rows.length === 0) this.#previews = [];
    this.#draw();
    if (rows.length > 0) void this.#read();
  }

  async #read(): Promise<void> {
    const rows = this.#rows;
    try {
      const previews = await this.#host.call('previews', this.hashes.slice(0, LISTED));
      if (rows === this.#rows) this.#previews = previews;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (rows === this.#rows) this.#previews = [{ hash: '', text, details: '' }];
    }
    this.#draw();
  }

  #act(action: BulkAction): void {
    void this.#host.call('act', { action, hashes: this.hashes });
  }

  #draw(): void {
    keepFocus(
      this.#root,
      () => render(this.#rows.length === 0 ? nothing : this.#list(), this.#root),
      this.#actions.leave,
    );
  }

  #list(): TemplateResult {
    const count = this.#rows.length;
    return html`
      <h3>${count === 1 ? t('1 memory selected') : t('{0} memories selected', number(count))}</h3>
      <div class="actions">
        <button type="button" class="secondary" @click=${() => this.#act('editTags')}>
          ${t('Edit Tags…')}
        </button>
        <button type="button" class="secondary" @click=${() => this.#act('deleteMemory')}>
          ${t('Delete…')}
        </button>
        <button type="button" class="secondary" @click=${() => this.#actions.change([])}>
          ${t('Clear Selection')}
        </button>
      </div>
      <ul>
        ${this.#previews.map(
          ({ hash, text, details }) => html`
            <li>
              <button
                type="button"
                ?disabled=${hash === ''}
                @click=${() => void this.#host.call('open', hash)}
              >
                <span class="text">${text}</span><span class="details">${details}</span>
              </button>
            </li>
          `,
        )}
      </ul>
      ${count > LISTED ? html`<p class="hint">${t('The first {0} are listed.', LISTED)}</p>` : nothing}
    `;
  }
}
