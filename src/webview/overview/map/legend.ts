import { html, svg, type TemplateResult } from 'lit';
import type { Groups } from '../../../shared/overviewProtocol.ts';
import { t } from '../../l10n.ts';
import { memories, number } from '../numbers.ts';
import { CHARTS, shapeOf } from './colours.ts';

interface LegendActions {
  readonly hover: (group: number | undefined) => void;
  readonly pick: (group: number) => void;
}

/** What the colours mean. Each entry lights up its points, and selects them when it is pressed. */
export const legend = (
  { names }: Groups,
  pinned: number | undefined,
  { hover, pick }: LegendActions,
): TemplateResult => html`
  <ul aria-label=${t('Legend: press an entry to select its memories')}>
    ${names.map(
      ({ label, count }, group) => html`
        <li>
          <button
            type="button"
            aria-pressed=${pinned === group ? 'true' : 'false'}
            aria-label=${t('{0}, {1}', label, memories(count))}
            @mouseenter=${() => hover(group)}
            @mouseleave=${() => hover(undefined)}
            @focus=${() => hover(group)}
            @blur=${() => hover(undefined)}
            @click=${() => pick(group)}
          >
            <svg viewBox="0 0 12 12" class="mark colour-${group % CHARTS.length}" aria-hidden="true">
              ${shape(group)}
            </svg>
            <span class="name">${label}</span>
            <span class="count">${number(count)}</span>
          </button>
        </li>
      `,
    )}
  </ul>
`;

const shape = (group: number): TemplateResult =>
  shapeOf(group) === 'square'
    ? svg`<rect x="1" y="1" width="10" height="10"></rect>`
    : svg`<circle cx="6" cy="6" r="5"></circle>`;
