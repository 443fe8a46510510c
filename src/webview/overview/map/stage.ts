import { html, render } from 'lit';
import type { Grouping } from '../../../shared/overviewProtocol.ts';
import { t } from '../../l10n.ts';

/** The elements that the map is made of; they stay as long as the page. */
export interface StageParts {
  readonly frame: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly lasso: SVGPolygonElement;
  readonly preview: HTMLElement;
  readonly previewText: HTMLElement;
  readonly previewDetails: HTMLElement;
  readonly spoken: HTMLElement;
  readonly grouping: HTMLSelectElement;
  readonly legend: HTMLElement;
  readonly selection: HTMLElement;
}

interface StageActions {
  readonly onGrouping: (grouping: Grouping) => void;
  readonly onZoom: (factor: number) => void;
  readonly onWhole: () => void;
  readonly onLasso: (on: boolean) => void;
}

export const stage = (root: HTMLElement, actions: StageActions): StageParts => {
  const pressLasso = (event: Event): void => {
    const button = event.currentTarget as HTMLButtonElement;
    const on = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(on));
    actions.onLasso(on);
  };
  render(
    html`
      <div class="tools">
        <label>
          ${t('Colour by')}
          <select
            id="grouping"
            @change=${(event: Event) =>
              actions.onGrouping((event.currentTarget as HTMLSelectElement).value as Grouping)}
          >
            <option value="tags">${t('Tag')}</option>
            <option value="types">${t('Type')}</option>
            <option value="projects">${t('Project')}</option>
          </select>
        </label>
        <button type="button" class="secondary" id="lasso-tool" aria-pressed="false" @click=${pressLasso}>
          ${t('Select an Area')}
        </button>
        <button type="button" class="secondary" @click=${() => actions.onZoom(1.5)}>${t('Zoom In')}</button>
        <button type="button" class="secondary" @click=${() => actions.onZoom(1 / 1.5)}>
          ${t('Zoom Out')}
        </button>
        <button type="button" class="secondary" @click=${actions.onWhole}>${t('Whole Map')}</button>
      </div>
      <div class="area">
        <div class="frame">
          <canvas
            tabindex="0"
            role="application"
            aria-label=${t('Map of memories')}
            aria-describedby="map-keys"
          ></canvas>
          <svg class="line" aria-hidden="true"><polygon points=""></polygon></svg>
          <div class="preview" hidden>
            <div class="text"></div>
            <div class="details"></div>
          </div>
        </div>
        <div class="legend"></div>
      </div>
      <p class="hint" id="map-keys">
        ${t(
          'Arrow keys go from memory to memory, Enter opens one, + and − zoom, 0 shows all. Drag to move, hold Ctrl or ⌘ and turn the wheel to zoom, hold Shift and drag to select.',
        )}
      </p>
      <div class="visually-hidden" role="status" id="spoken"></div>
      <div class="selection"></div>
    `,
    root,
  );
  const find = <E extends Element>(kind: new () => E, selector: string): E => {
    const found = root.querySelector(selector);
    if (found instanceof kind) return found;
    throw new Error(`the map has no ${selector}`);
  };
  return {
    frame: find(HTMLElement, '.frame'),
    canvas: find(HTMLCanvasElement, 'canvas'),
    lasso: find(SVGPolygonElement, 'polygon'),
    preview: find(HTMLElement, '.preview'),
    previewText: find(HTMLElement, '.preview .text'),
    previewDetails: find(HTMLElement, '.preview .details'),
    spoken: find(HTMLElement, '#spoken'),
    grouping: find(HTMLSelectElement, '#grouping'),
    legend: find(HTMLElement, '.legend'),
    selection: find(HTMLElement, '.selection'),
  };
};
