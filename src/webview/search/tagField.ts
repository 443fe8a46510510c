import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import type { Choice } from '../../shared/searchProtocol.ts';
import { t } from '../l10n.ts';

export interface TagFieldOptions {
  readonly tags: () => readonly string[];
  readonly change: (tags: readonly string[]) => void;
  readonly suggest: (text: string, signal: AbortSignal) => Promise<readonly Choice[]>;
  readonly redraw: () => void;
}

/** Chips beyond this many are only counted. */
const CHIPS = 50;

/** Tags as chips, and a field that completes known ones: a combobox by the rules of ARIA. */
export class TagField {
  readonly #options: TagFieldOptions;
  readonly #input = createRef<HTMLInputElement>();
  #text = '';
  #offered: readonly Choice[] = [];
  /** Which of the offered is active; -1: what was typed counts. */
  #active = -1;
  #asking = new AbortController();

  constructor(options: TagFieldOptions) {
    this.#options = options;
  }

  template(): TemplateResult {
    const tags = this.#options.tags();
    const isOpen = this.#offered.length > 0;
    return html`<div class="tag-field" @click=${() => this.#input.value?.focus()}>
        ${tags
          .slice(0, CHIPS)
          .map(
            (tag) =>
              html`<span class="chip"
                ><bdi>#${tag}</bdi
                ><button
                  class="codicon codicon-close"
                  aria-label=${t('Remove the tag {0}', tag)}
                  title=${t('Remove')}
                  @click=${() => this.#remove(tag)}
                ></button
              ></span>`,
          )}
        ${
          tags.length <= CHIPS
            ? nothing
            : html`<span class="chip more"
                >${t('{0} more tags', (tags.length - CHIPS).toLocaleString())}</span
              >`
        }
        <input
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck="false"
          aria-label=${t('Tags')}
          aria-autocomplete="list"
          aria-expanded=${isOpen}
          aria-controls="tag-suggestions"
          aria-activedescendant=${this.#active >= 0 ? `tag-${this.#active}` : nothing}
          placeholder=${tags.length === 0 ? t('Any tags') : ''}
          .value=${this.#text}
          ${ref(this.#input)}
          @input=${(event: Event) => void this.#typed((event.target as HTMLInputElement).value)}
          @focus=${() => void this.#typed(this.#text)}
          @blur=${() => this.#close()}
          @keydown=${(event: KeyboardEvent) => this.#key(event)}
        />
      </div>
      <div
        class="suggestions"
        id="tag-suggestions"
        role="listbox"
        aria-label=${t('Known tags')}
        ?hidden=${!isOpen}
      >
        ${this.#offered.map(
          ({ name, count }, index) =>
            html`<div
              role="option"
              id=${`tag-${index}`}
              class=${index === this.#active ? 'active' : ''}
              aria-selected=${index === this.#active}
              @pointerdown=${(event: Event) => {
                // The field keeps the focus.
                event.preventDefault();
                this.#add(name);
              }}
            >
              <bdi>${name}</bdi><span class="count">${count.toLocaleString()}</span>
            </div>`,
        )}
      </div>`;
  }

  async #typed(text: string): Promise<void> {
    const comma = text.lastIndexOf(',');
    if (comma >= 0) {
      this.#add(...text.slice(0, comma).split(','));
      return this.#typed(text.slice(comma + 1).trimStart());
    }
    this.#text = text;
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#options.redraw();
    const offered = await this.#options.suggest(text, signal).catch(() => []);
    if (signal.aborted) return;
    const tags = this.#options.tags();
    const active = this.#offered[this.#active]?.name;
    this.#offered = offered.filter(({ name }) => !tags.includes(name));
    this.#active = this.#offered.findIndex(({ name }) => name === active);
    this.#options.redraw();
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const tags = this.#options.tags();
    const count = this.#offered.length;
    if (event.key === 'ArrowDown' && count > 0) this.#activate((this.#active + 1) % count);
    else if (event.key === 'ArrowUp' && count > 0)
      this.#activate((this.#active <= 0 ? count : this.#active) - 1);
    else if (event.key === 'Enter') this.#add(this.#offered[this.#active]?.name ?? this.#text);
    else if (event.key === 'Escape' && count > 0) this.#close();
    else if (event.key === 'Backspace' && this.#text === '' && tags.length > 0)
      this.#remove(tags.at(-1) ?? '');
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #activate(index: number): void {
    this.#active = index;
    this.#options.redraw();
  }

  #add(...names: readonly string[]): void {
    const added = names
      .map((name) => name.trim().replace(/^#/, '').toLowerCase())
      .filter((name) => name !== '');
    this.#text = '';
    this.#close();
    if (added.length > 0) this.#options.change([...new Set([...this.#options.tags(), ...added])]);
  }

  #remove(tag: string): void {
    this.#options.change(this.#options.tags().filter((other) => other !== tag));
    this.#input.value?.focus();
  }

  #close(): void {
    this.#asking.abort();
    this.#offered = [];
    this.#active = -1;
    this.#options.redraw();
  }
}
