import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { CodeNote, ResultRow, RowAction } from '../../shared/searchProtocol.ts';
import { t } from '../l10n.ts';
import { parts } from './refine.ts';

export interface RowPlace {
  readonly index: number;
  readonly top: number;
  readonly active: boolean;
  readonly chosen: boolean;
  /** What has become of the code that the memory was made from. */
  readonly code: CodeNote | undefined;
  /** What VS Code's own menu is told of the row. */
  readonly menu: string;
}

export const rowId = (index: number): string => `row-${index}`;

/** One memory, on three lines. All of its text is set as text. */
export function resultRow(
  row: ResultRow,
  place: RowPlace,
  act: (action: RowAction | 'menu', event: MouseEvent) => void,
): TemplateResult {
  const button = (action: RowAction | 'menu', icon: string, label: string): TemplateResult =>
    html`<button
      class="icon codicon codicon-${icon}"
      tabindex="-1"
      title=${label}
      aria-label=${label}
      @click=${(event: MouseEvent) => act(action, event)}
    ></button>`;
  return html`<div
    role="row"
    id=${rowId(place.index)}
    class=${classMap({ row: true, active: place.active, chosen: place.chosen, superseded: row.superseded })}
    aria-rowindex=${place.index + 1}
    aria-selected=${place.chosen}
    aria-label=${spoken(row, place.code)}
    data-hash=${row.hash}
    data-vscode-context=${place.menu}
    .style=${`transform: translateY(${place.top}px)`}
  >
    <div role="gridcell" class="cell">
      ${row.title === undefined ? nothing : html`<div class="title" dir="auto">${row.title}</div>`}
      <span class=${row.title === undefined ? 'text' : 'text one-line'} dir="auto"
        >${row.truncatedBefore ? '…' : nothing}${parts(row.text, row.marks).map(({ text, marked }) =>
          marked ? html`<mark>${text}</mark>` : text,
        )}</span
      >
      <div class="about">
        ${
          place.code === undefined
            ? nothing
            : html`<span class="codicon codicon-warning drift" title=${place.code.what}></span
                ><span class="drift ellipsis">${place.code.what}</span>`
        }
        ${row.pinned ? html`<span class="codicon codicon-pinned" title=${t('Pinned')}></span>` : nothing}
        ${
          row.localOnly
            ? html`<span class="codicon codicon-lock" title=${t('Stays on this machine')}></span>`
            : nothing
        }
        <span class="facts" dir="auto"
          ><span title=${row.date}>${row.age}</span>${facts(row).map(
            (fact) => html` · <bdi>${fact}</bdi>`,
          )}</span
        >
        ${
          row.score === undefined
            ? nothing
            : html`<span class="score" title=${row.why ?? ''}
                ><span class="why">${row.why} · </span>${percent(row.score)}</span
              >`
        }
      </div>
    </div>
    <div role="gridcell" class="actions">
      ${
        place.code?.kind === 'changed'
          ? [
              button('updateFromCode', 'sync', t('Update from Code')),
              button('stillTrue', 'check', t('Still True')),
            ]
          : nothing
      }
      ${button('copy', 'copy', t('Copy'))} ${button('insert', 'insert', t('Insert at Cursor'))}
      ${button('delete', 'trash', t('Delete'))} ${button('menu', 'ellipsis', t('More Actions'))}
    </div>
  </div>`;
}

const percent = (score: number): string => t('{0} %', Math.round(score * 100));

const facts = (row: ResultRow): string[] => [
  ...(row.superseded ? [t('replaced by a newer one')] : []),
  ...(row.type === undefined ? [] : [row.type]),
  ...row.projects,
  // The list of them is cut off, so their number comes first.
  ...(row.moreTags === 0 ? [] : [t('{0} tags', (row.tags.length + row.moreTags).toLocaleString())]),
  ...(row.tags.length === 0 ? [] : [row.tags.map((tag) => `#${tag}`).join(' ')]),
];

/** Everything that a row says to the eye. */
const spoken = (row: ResultRow, code: CodeNote | undefined): string =>
  [
    ...(code === undefined ? [] : [code.what]),
    ...(row.title === undefined ? [] : [row.title]),
    row.text,
    row.age,
    ...(row.pinned ? [t('pinned')] : []),
    ...(row.localOnly ? [t('stays on this machine')] : []),
    ...facts(row),
    ...(row.score === undefined ? [] : [`${percent(row.score)}, ${row.why ?? ''}`]),
  ].join(', ');
