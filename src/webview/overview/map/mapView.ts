import { html, render } from 'lit';
import type { Grouping, Groups, MapData, MapSight, Placed } from '../../../shared/overviewProtocol.ts';
import { t } from '../../l10n.ts';
import { Camera, type Point } from './camera.ts';
import { readColours, themeColour } from './colours.ts';
import { nearestPoint, pointsWithin } from './geometry.ts';
import { legend } from './legend.ts';
import { MapKeys } from './mapKeys.ts';
import { Pointer } from './pointer.ts';
import type { OverviewHost } from '../overviewHost.ts';
import { CanvasRenderer } from './canvasRenderer.ts';
import { PreviewBox } from './previewBox.ts';
import type { Renderer } from './renderer.ts';
import { Selection } from './selection.ts';
import { stage, type StageParts } from './stage.ts';
import { WebglRenderer } from './webglRenderer.ts';

/** How long a hand rests before what it looks at is kept. Milliseconds. */
const REST = 300;
/** Pixels around a point in which it counts as meant. */
const NEAR = 12;

/** The map of memories: points by their meaning, to look at, to walk through and to select. */
export class MapView {
  readonly #host: OverviewHost;
  readonly #parts: StageParts;
  readonly #camera = new Camera();
  readonly #preview: PreviewBox;
  readonly #selection: Selection;
  #renderer: Renderer;
  #data: MapData | undefined;
  #grouping: Grouping = 'tags';
  #pinned: number | undefined;
  #hovered: number | undefined;
  #current: number | undefined;
  #frame = 0;
  #keeping = 0;

  constructor(root: HTMLElement, host: OverviewHost) {
    this.#host = host;
    this.#parts = stage(root, {
      onGrouping: (grouping) => this.#colourBy(grouping),
      onZoom: (factor) => this.#zoom(factor),
      onWhole: () => this.#showAll(),
      onLasso: (on) => pointer.setLasso(on),
    });
    const { canvas } = this.#parts;
    this.#renderer = WebglRenderer.for(canvas) ?? new CanvasRenderer(canvas);
    canvas.dataset['renderer'] = this.#renderer.kind;
    this.#preview = new PreviewBox(this.#parts, host);
    this.#selection = new Selection(this.#parts.selection, host, {
      change: (rows) => this.#select(rows),
      leave: () => this.focus(),
    });
    const pointer = new Pointer(this.#parts, this.#camera, {
      moved: () => this.#moved(),
      over: (pixel) => this.#over(pixel),
      clicked: (pixel) => this.#open(this.#pointAt(pixel)),
      lassoed: (line) =>
        this.#select(this.#data ? pointsWithin(this.#data.positions, this.#camera, line) : []),
    });
    new MapKeys(canvas, {
      positions: () => this.#data?.positions,
      current: () => this.#current,
      go: (row) => this.#goTo(row),
      open: () => this.#open(this.#current),
      zoom: (factor) => this.#zoom(factor),
      whole: () => this.#showAll(),
      leave: () => this.#select([]),
    });
    // The graphics card may be taken away, as when a laptop wakes up.
    canvas.addEventListener('webglcontextlost', (event) => event.preventDefault());
    canvas.addEventListener('webglcontextrestored', () => {
      this.#renderer = WebglRenderer.for(canvas) ?? this.#renderer;
      this.#rescene();
    });
    new ResizeObserver(() => this.#resize()).observe(this.#parts.frame);
    // A change of the theme changes the page's style.
    const themes = new MutationObserver(() => this.#rescene());
    themes.observe(document.documentElement, { attributes: true });
    themes.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    this.#resize();
  }

  /** Shows memories where they have a place. What was selected is kept by its hashes. */
  show(data: MapData): void {
    if (this.#data === undefined && data.sight !== undefined) this.#lookAt(data.sight);
    const kept = new Set(this.#selection.hashes);
    this.#data = data;
    this.#current = undefined;
    this.#selection.setHashes(data.hashes);
    this.#select(
      data.hashes.flatMap((hash, row) => (kept.has(hash) ? [row] : [])),
      false,
    );
    this.#drawLegend();
  }

  /** The keys act on the map from now on. */
  focus(): void {
    this.#parts.canvas.focus();
  }

  /** Better places for the same memories. */
  move(positions: Placed['positions']): void {
    if (this.#data?.positions.length !== positions.length) return;
    this.#data = { ...this.#data, positions };
    this.#rescene();
  }

  get #groups(): Groups | undefined {
    return this.#data?.groups[this.#grouping];
  }

  #lookAt({ grouping, x, y, zoom }: MapSight): void {
    this.#grouping = grouping;
    this.#parts.grouping.value = grouping;
    Object.assign(this.#camera, { x, y, zoom });
  }

  #colourBy(grouping: Grouping): void {
    this.#grouping = grouping;
    this.#pinned = this.#hovered = undefined;
    this.#drawLegend();
    this.#rescene();
    this.#keep(0);
  }

  #drawLegend(): void {
    const groups = this.#groups;
    if (groups === undefined) return;
    render(
      groups.names.length === 0
        ? html`<p class="hint">${t('No memory has one of these.')}</p>`
        : legend(groups, this.#pinned, {
            hover: (group) => this.#highlight(group),
            pick: (group) => this.#pickGroup(group),
          }),
      this.#parts.legend,
    );
  }

  #highlight(group: number | undefined): void {
    this.#hovered = group;
    this.#rescene();
  }

  #pickGroup(group: number): void {
    this.#pinned = this.#pinned === group ? undefined : group;
    const { has } = this.#groups ?? { has: new Uint16Array() };
    const rows = this.#pinned === undefined ? [] : [...has.keys()].filter((row) => isIn(has, row, group));
    this.#select(rows);
    this.#drawLegend();
  }

  #select(rows: readonly number[], announce = true): void {
    if (rows.length === 0 && this.#pinned !== undefined) {
      this.#pinned = undefined;
      this.#drawLegend();
    }
    this.#selection.show(rows, announce);
    this.#rescene();
  }

  #rescene(): void {
    const [data, groups] = [this.#data, this.#groups];
    if (data === undefined || groups === undefined) return;
    const selected = new Uint8Array(data.hashes.length);
    for (const row of this.#selection.rows) selected[row] = 1;
    if (this.#current !== undefined) selected[this.#current] = 1;
    const highlight = this.#hovered ?? this.#pinned;
    this.#renderer.setScene({
      positions: data.positions,
      // A point of several groups has the colour of the one that is looked at.
      groups:
        highlight === undefined
          ? groups.of
          : groups.of.map((own, row) => (isIn(groups.has, row, highlight) ? highlight : own)),
      selected,
      colours: readColours(groups.names.length),
      foreground: themeColour('--vscode-foreground'),
      highlight,
    });
    this.#redraw();
  }

  #redraw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.#renderer.draw(this.#camera, devicePixelRatio);
      const { canvas } = this.#parts;
      canvas.dataset['drawn'] = String(placedIn(this.#data));
    });
  }

  #resize(): void {
    const { frame, canvas } = this.#parts;
    const { clientWidth: width, clientHeight: height } = frame;
    if (width === 0 || height === 0) return;
    Object.assign(this.#camera, { width, height });
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    this.#redraw();
  }

  #moved(): void {
    this.#preview.hide();
    this.#redraw();
    this.#keep();
  }

  #zoom(factor: number): void {
    this.#camera.zoomAt({ x: this.#camera.width / 2, y: this.#camera.height / 2 }, factor);
    this.#moved();
  }

  #showAll(): void {
    this.#camera.reset();
    this.#moved();
  }

  #pointAt(pixel: Point): number | undefined {
    return this.#data && nearestPoint(this.#data.positions, this.#camera, pixel, NEAR);
  }

  #over(pixel: Point | undefined): void {
    const row = pixel && this.#pointAt(pixel);
    this.#parts.canvas.classList.toggle('over', row !== undefined);
    if (row === undefined || pixel === undefined) this.#preview.hide();
    else this.#preview.show(this.#data?.hashes[row] ?? '', pixel);
  }

  #goTo(row: number): void {
    const positions = this.#data?.positions;
    if (positions === undefined) return;
    this.#current = row;
    const [x, y] = [positions[row * 2] ?? 0, positions[row * 2 + 1] ?? 0];
    this.#camera.reveal(x, y);
    this.#rescene();
    this.#preview.show(this.#data?.hashes[row] ?? '', this.#camera.toScreen(x, y), true);
  }

  #open(row: number | undefined): void {
    const hash = row === undefined ? undefined : this.#data?.hashes[row];
    if (hash !== undefined) void this.#host.call('open', hash);
  }

  /** `rest`: milliseconds in which nothing else may happen. */
  #keep(rest = REST): void {
    clearTimeout(this.#keeping);
    this.#keeping = window.setTimeout(() => void this.#tellSight(), rest);
  }

  async #tellSight(): Promise<void> {
    const { x, y, zoom } = this.#camera;
    const grouping = this.#grouping;
    await this.#host.call('keep', { grouping, x, y, zoom });
    this.#parts.canvas.dataset['kept'] = grouping;
  }
}

const isIn = (has: Groups['has'], row: number, group: number): boolean =>
  (((has[row] ?? 0) >> group) & 1) === 1;

const placedIn = (data: MapData | undefined): number => {
  let placed = 0;
  for (let i = 0; i < (data?.positions.length ?? 0); i += 2) if (!Number.isNaN(data?.positions[i])) placed++;
  return placed;
};
