import { html, nothing, svg, type TemplateResult } from 'lit';
import { t } from '../l10n.ts';
import { date, memories, number } from './numbers.ts';
import type { Bucket } from './timeBuckets.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands at its end; the number itself when absent. */
  readonly shown?: string | undefined;
  /** Said with the label. */
  readonly spoken: string;
  readonly pick?: (() => void) | undefined;
}

/** One bar a row. Each is a button where it leads somewhere, and says its numbers either way. */
export const bars = (
  rows: readonly Bar[],
  colour: number,
  most = Math.max(...rows.map(({ value }) => value), 1),
) => html`
  <ul class="bars">
    ${rows.map(({ label, value, shown, spoken, pick }) => {
      const inner = html`
        <span class="name">${label}</span>
        <svg viewBox="0 0 100 8" preserveAspectRatio="none" class="colour-${colour}" aria-hidden="true">
          ${svg`<rect width=${Math.max(value > 0 ? 0.8 : 0, (100 * Math.min(value, most)) / most)} height="8"></rect>`}
        </svg>
        <span class="count">${shown ?? number(value)}</span>
      `;
      return html`<li>
        ${
          pick
            ? html`<button type="button" aria-label=${spoken} title=${spoken} @click=${pick}>
                ${inner}
              </button>`
            : html`<div class="row" title=${spoken}>${inner}</div>`
        }
      </li>`;
    })}
  </ul>
`;

/** A column for each bucket. The arrow keys go from one to the next; each leads to its memories. */
export const columns = (buckets: readonly Bucket[], pick: (bucket: Bucket) => void): TemplateResult => {
  const most = Math.max(...buckets.map(({ count }) => count), 1);
  const [first, last] = [buckets[0], buckets.at(-1)];
  return html`<div class="timeline">
    <div class="columns" role="group" aria-label=${t('Memories over time')} @keydown=${walk}>
      ${buckets.map((bucket, i) => {
        const height = bucket.count === 0 ? 0 : Math.max(2, (100 * bucket.count) / most);
        const spoken = t('{0}: {1}', spanOf(bucket), memories(bucket.count));
        return html`
          <button
            type="button"
            tabindex=${i === buckets.length - 1 ? 0 : -1}
            aria-label=${spoken}
            title=${spoken}
            aria-disabled=${bucket.count === 0 ? 'true' : nothing}
            @click=${() => (bucket.count === 0 ? undefined : pick(bucket))}
          >
            <svg viewBox="0 0 10 100" preserveAspectRatio="none" class="colour-0" aria-hidden="true">
              ${svg`<rect y=${100 - height} width="10" height=${height}></rect>`}
            </svg>
          </button>
        `;
      })}
    </div>
    <div class="axis" aria-hidden="true">
      <span>${first ? date(first.first, DAY) : ''}</span>
      <span>${t('at most {0}', number(most))}</span>
      <span>${last ? date(earlier(last.last, new Date()), DAY) : ''}</span>
    </div>
  </div>`;
};

const DAY: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' };

/** The last week or month is not over yet. */
const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

const spanOf = ({ first, last }: Bucket): string =>
  first.getTime() === last.getTime() ? date(first, DAY) : `${date(first, DAY)} – ${date(last, DAY)}`;

/** One column at a time is reached by Tab; from there the arrows lead on. */
const walk = (event: KeyboardEvent): void => {
  const group = event.currentTarget as HTMLElement;
  const buttons = [...group.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    Home: 0,
    End: buttons.length - 1,
  };
  const to = buttons[steps[event.key] ?? -1];
  if (to === undefined) return;
  event.preventDefault();
  for (const button of buttons) button.tabIndex = button === to ? 0 : -1;
  to.focus();
};
