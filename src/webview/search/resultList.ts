import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { createRef, ref } from 'lit/directives/ref.js';
import type { ResultRow, RowAction } from '../../shared/searchProtocol.ts';
import { t } from '../l10n.ts';
import { resultRow, rowId } from './resultRow.ts';
import { keepPlace, rowWindow, scrollToShow } from './rowWindow.ts';
import type { SearchModel } from './searchModel.ts';
import { activate, chooseAll, chooseOnly, extend, toggle, targetsOf, type Selection } from './selection.ts';

/** How near the end of the rows more are asked for: in heights of the list. */
const NEAR_END = 2;
/** Scrolling rests this long before the place is kept. Milliseconds. */
const SAVE_AFTER = 150;

/** The rows: only those in sight are drawn. Keys and mouse as in VS Code's own lists. */
export class ResultList {
  readonly #model: SearchModel;
  readonly #redraw: () => void;
  readonly #leave: () => void;
  readonly #list = createRef<HTMLElement>();
  #rowHeight = 0;
  #height = 0;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #observed: HTMLElement | undefined;
  readonly #resizes = new ResizeObserver(() => {
    if (this.#observed !== undefined) this.#measure(this.#observed);
  });

  /** `leave`: the keys go back to the field. */
  constructor(model: SearchModel, redraw: () => void, leave: () => void) {
    this.#model = model;
    this.#redraw = redraw;
    this.#leave = leave;
  }

  template(): TemplateResult {
    const { rows, selection, results, code } = this.#model;
    const total = Math.max(rows.length, results?.total ?? 0);
    const [first, last] = rowWindow({ count: rows.length, ...this.#viewport });
    const chosenMenu = menuOf('memories', [...selection.chosen]);
    const active = rows.findIndex(({ hash }) => hash === selection.active);
    const drawn = rows.slice(first, last).map((row, index) => ({ row, index: first + index }));
    // The row that the keys act on is there even where it is out of sight.
    const outside = rows[active];
    if (outside !== undefined && (active < first || active >= last))
      drawn.push({ row: outside, index: active });
    return html`<div
      class="results"
      role="grid"
      tabindex="0"
      aria-label=${t('Memories')}
      aria-multiselectable="true"
      aria-rowcount=${results?.more === true && results.total === undefined ? -1 : total}
      aria-activedescendant=${active >= 0 ? rowId(active) : ''}
      data-vscode-context=${this.#menuOf(rows[active], chosenMenu)}
      data-query=${this.#model.answered?.query ?? ''}
      ${ref(this.#list)}
      @keydown=${(event: KeyboardEvent) => this.#key(event)}
      @focus=${() => this.#focused()}
      @scroll=${() => this.#scrolled()}
      @pointermove=${() => this.#touched()}
      @click=${(event: MouseEvent) => this.#click(event)}
      @dblclick=${(event: MouseEvent) => this.#open(this.#hashAt(event), 'open')}
    >
      <div class="rows" role="rowgroup" .style=${`height: ${total * this.#rowHeight}px`}>
        ${repeat(
          drawn,
          ({ row }) => row.hash,
          ({ row, index }) =>
            resultRow(
              row,
              {
                index,
                top: index * this.#rowHeight,
                active: index === active,
                chosen: selection.chosen.has(row.hash),
                code: code.of(row.hash),
                menu: this.#menuOf(row, chosenMenu),
              },
              (action, event) => this.#act(action, row, event),
            ),
        )}
      </div>
    </div>`;
  }

  /** After the list was drawn for other rows: nothing in sight moves, and heights are those of the fonts in use. */
  drawn(before: readonly ResultRow[]): void {
    const list = this.#list.value;
    if (list !== this.#observed) {
      this.#resizes.disconnect();
      this.#observed = list;
      if (list !== undefined) this.#resizes.observe(list);
    }
    if (list === undefined) return;
    if (this.#rowHeight === 0) this.#measure(list);
    const { rows, inUse, scrollTop } = this.#model;
    const wanted =
      before === rows || !inUse ? scrollTop : keepPlace(hashesOf(before), hashesOf(rows), this.#viewport);
    if (this.#rowHeight > 0 && Math.abs(wanted - list.scrollTop) >= 1) {
      list.scrollTop = wanted;
      if (list.scrollTop !== scrollTop) this.#scrolled();
    }
    this.#loadMore();
    const [first, last] = rowWindow({ count: rows.length, ...this.#viewport });
    this.#model.code.look(hashesOf(rows.slice(first, last).filter(({ fromCode }) => fromCode)));
  }

  /** The keys act on the rows from now on; on the first one where none is active. */
  focus(): void {
    this.#list.value?.focus();
  }

  get #viewport() {
    return { rowHeight: this.#rowHeight, scrollTop: this.#model.scrollTop, height: this.#height };
  }

  #measure(list: HTMLElement): void {
    const rowHeight = list.querySelector('.row')?.getBoundingClientRect().height ?? this.#rowHeight;
    if (rowHeight === this.#rowHeight && list.clientHeight === this.#height) return;
    // Rows of another height: the same row stays at the edge.
    if (this.#rowHeight > 0) this.#model.scrollTop *= rowHeight / this.#rowHeight;
    this.#rowHeight = rowHeight;
    this.#height = list.clientHeight;
    this.#redraw();
  }

  #focused(): void {
    const { rows, selection } = this.#model;
    const [first] = rows;
    // A pointer says itself which row it means.
    if (this.#list.value?.matches(':focus-visible') !== true || first === undefined) return;
    if (selection.active === undefined) this.#select(chooseOnly(first.hash), true);
  }

  #touched(): void {
    this.#model.inUse = true;
  }

  #scrolled(): void {
    const list = this.#list.value;
    if (list === undefined) return;
    this.#model.scrollTop = list.scrollTop;
    if (list.scrollTop > 0) this.#touched();
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => this.#model.save(), SAVE_AFTER);
    this.#redraw();
  }

  #loadMore(): void {
    const { rows, results } = this.#model;
    const end = this.#model.scrollTop + this.#height * (1 + NEAR_END);
    if (this.#rowHeight > 0) this.#model.seen = Math.ceil(end / this.#rowHeight);
    if (results?.more === true && this.#rowHeight > 0 && end > rows.length * this.#rowHeight)
      this.#model.loadMore();
  }

  #select(selection: Selection, show: boolean): void {
    this.#model.select(selection);
    const list = this.#list.value;
    if (!show || list === undefined || selection.active === undefined) return;
    const index = this.#model.rows.findIndex(({ hash }) => hash === selection.active);
    const scrollTop = scrollToShow(index, this.#viewport);
    if (scrollTop === list.scrollTop) return;
    list.scrollTop = scrollTop;
    this.#scrolled();
  }

  #key(event: KeyboardEvent): void {
    const { selection, rows } = this.#model;
    const isMac = navigator.platform.startsWith('Mac');
    const control = isMac ? event.metaKey : event.ctrlKey;
    const hashes = hashesOf(rows);
    const letter = event.key.toLowerCase(); // whatever Caps Lock says
    const target = this.#stepOf(event.key, hashes);
    if (target !== undefined && !event.altKey) {
      if (event.shiftKey) this.#select(extend(selection, target, hashes), true);
      else if (control) this.#select(activate(selection, target), true);
      else this.#select(chooseOnly(target), true);
    } else if (event.key === 'ArrowUp' && !event.shiftKey) this.#leave();
    else if (event.key === 'Enter') this.#open(selection.active, event.shiftKey ? 'reveal' : 'open');
    else if (event.key === ' ' && selection.active !== undefined)
      this.#select(toggle(selection, selection.active), true);
    else if (letter === 'a' && control) this.#select(chooseAll(selection, hashes), false);
    else if (letter === 'c' && control) void this.#model.act('copy', this.#targets());
    else if (letter === 'z' && control) void this.#model.act('undoDelete', []);
    else if (event.key === 'Delete' || (isMac && event.metaKey && event.key === 'Backspace'))
      void this.#model.act('delete', this.#targets());
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) this.#menu();
    else if (event.key === 'Escape') this.#escape();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The row that a key leads to; undefined where it leads nowhere. */
  #stepOf(key: string, hashes: readonly string[]): string | undefined {
    const at = hashes.indexOf(this.#model.selection.active ?? '');
    const page = Math.max(1, Math.floor(this.#height / (this.#rowHeight || 1)) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: Math.max(0, at - page),
      Home: 0,
      End: hashes.length - 1,
    };
    const to = steps[key];
    return to === undefined ? undefined : hashes[Math.min(to, hashes.length - 1)];
  }

  /** One thing at a time: a selection of several first, then the way back. */
  #escape(): void {
    const { selection } = this.#model;
    if (selection.chosen.size > 1 && selection.active !== undefined)
      this.#select(chooseOnly(selection.active), false);
    else this.#leave();
  }

  #click(event: MouseEvent): void {
    const hash = this.#hashAt(event);
    if (hash === undefined || (event.target as Element).closest('.actions') !== null) return;
    const { selection, rows } = this.#model;
    if (event.shiftKey) this.#select(extend(selection, hash, hashesOf(rows)), false);
    else if (event.ctrlKey || event.metaKey) this.#select(toggle(selection, hash), false);
    else {
      this.#select(chooseOnly(hash), false);
      if (event.detail < 2) this.#open(hash, 'preview');
    }
  }

  #act(action: RowAction | 'menu', row: ResultRow, event: MouseEvent): void {
    event.stopPropagation();
    if (action === 'menu') this.#menuAt(event.currentTarget as Element, event.clientX, event.clientY);
    else if (action === 'updateFromCode' || action === 'stillTrue') void this.#model.act(action, [row.hash]);
    else void this.#model.act(action, targetsOf(this.#model.selection, row.hash));
  }

  #open(hash: string | undefined, action: 'open' | 'preview' | 'reveal'): void {
    if (hash !== undefined) void this.#model.act(action, [hash]);
  }

  #targets(): readonly string[] {
    return targetsOf(this.#model.selection, this.#model.selection.active);
  }

  #hashAt(event: MouseEvent): string | undefined {
    return (event.target as Element).closest<HTMLElement>('.row')?.dataset['hash'];
  }

  #menu(): void {
    const row = this.#list.value?.querySelector('.row.active');
    if (row === null || row === undefined) return;
    const { left, top, height } = row.getBoundingClientRect();
    this.#menuAt(row, left + 24, top + height / 2);
  }

  /** VS Code shows its own menu for this event, with the entries of `webview/context`. */
  #menuAt(target: Element, clientX: number, clientY: number): void {
    target.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, clientX, clientY }));
  }

  /** What commands of the menu get: the row, or all that are chosen with it. */
  #menuOf(row: ResultRow | undefined, chosenMenu: string): string {
    const { chosen } = this.#model.selection;
    if (row === undefined) return menuOf('none', []);
    if (chosen.size > 1 && chosen.has(row.hash)) return chosenMenu;
    return menuOf('memory', [row.hash], {
      memoryPinned: row.pinned,
      memoryLocal: row.localOnly,
      memoryFromCode: row.fromCode,
      memoryCode: this.#model.code.of(row.hash)?.kind,
    });
  }
}

const menuOf = (webviewSection: string, memory: readonly string[], more: object = {}): string =>
  JSON.stringify({ webviewSection, memory, preventDefaultContextMenuItems: true, ...more });

const hashesOf = (rows: readonly ResultRow[]): string[] => rows.map(({ hash }) => hash);
