import type { Preview } from '../../../shared/overviewProtocol.ts';
import type { OverviewHost } from '../overviewHost.ts';
import type { Point } from './camera.ts';
import type { StageParts } from './stage.ts';

/** A pointer that only passes by asks for nothing. Milliseconds. */
const PAUSE = 80;
const REMEMBERED = 500;

/** A memory in a few words beside its point. Its text is text, whatever it says. */
export class PreviewBox {
  readonly #parts: StageParts;
  readonly #host: OverviewHost;
  readonly #known = new Map<string, Preview>();
  #wanted: string | undefined;
  #timer = 0;

  constructor(parts: StageParts, host: OverviewHost) {
    this.#parts = parts;
    this.#host = host;
  }

  /** `say`: a screen reader is told too. */
  show(hash: string, pixel: Point, say = false): void {
    const isOther = this.#wanted !== hash;
    this.#wanted = hash;
    this.#place(pixel);
    if (!isOther && !say) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#fill(hash, say), say ? 0 : PAUSE);
  }

  hide(): void {
    this.#wanted = undefined;
    clearTimeout(this.#timer);
    this.#parts.preview.hidden = true;
  }

  async #fill(hash: string, say: boolean): Promise<void> {
    const preview = await this.#read(hash);
    if (preview === undefined || this.#wanted !== hash) return;
    this.#parts.previewText.textContent = preview.text;
    this.#parts.previewDetails.textContent = preview.details;
    this.#parts.preview.hidden = false;
    if (say) this.#parts.spoken.textContent = `${preview.text}. ${preview.details}`;
  }

  async #read(hash: string): Promise<Preview | undefined> {
    const known = this.#known.get(hash);
    if (known !== undefined) return known;
    try {
      const [preview] = await this.#host.call('previews', [hash]);
      if (preview === undefined) return undefined;
      if (this.#known.size >= REMEMBERED) this.#known.clear();
      this.#known.set(hash, preview);
      return preview;
    } catch (error) {
      return { hash, text: error instanceof Error ? error.message : String(error), details: '' };
    }
  }

  #place({ x, y }: Point): void {
    const { preview, frame } = this.#parts;
    const { clientWidth: width, clientHeight: height } = frame;
    const [right, below] = [x < width / 2, y < height / 2];
    preview.style.left = right ? `${x + 14}px` : 'auto';
    preview.style.right = right ? 'auto' : `${width - x + 14}px`;
    preview.style.top = below ? `${y + 14}px` : 'auto';
    preview.style.bottom = below ? 'auto' : `${height - y + 14}px`;
  }
}
