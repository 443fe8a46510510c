import type { SearchState } from '../../shared/searchProtocol.ts';
import type { SearchHost } from './searchModel.ts';

/** Changes rest this long before the host keeps them. Milliseconds. */
const KEEP_AFTER = 150;

/**
 * Keeps what the view shows over hiding, reloading, and a restart of the extension host: with VS Code, which knows it
 * at once but writes it down late, and with the host, which writes it down soon.
 */
export class StateKeeper {
  readonly #host: SearchHost;
  #id: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: SearchState | undefined;

  constructor(host: SearchHost) {
    this.#host = host;
    this.#id = this.saved()?.id ?? crypto.randomUUID();
    document.addEventListener('visibilitychange', () => this.#flush());
    window.addEventListener('pagehide', () => this.#flush());
  }

  /** What VS Code kept. */
  saved(): SearchState | undefined {
    return this.#host.savedState();
  }

  /** Goes on with what the host kept where it is of this view, and newer than what VS Code kept. */
  newer(kept: SearchState | undefined): SearchState | undefined {
    const saved = this.saved();
    if (kept === undefined || (saved !== undefined && (saved.id !== kept.id || saved.at >= kept.at)))
      return undefined;
    this.#id = kept.id;
    return kept;
  }

  save(state: Omit<SearchState, 'id' | 'at'>): void {
    this.#waiting = { ...state, id: this.#id, at: Date.now() };
    this.#host.saveState(this.#waiting);
    this.#timer ??= setTimeout(() => this.#flush(), KEEP_AFTER);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const state = this.#waiting;
    this.#waiting = undefined;
    if (state !== undefined) void this.#host.call('keep', state).catch(() => undefined);
  }
}
