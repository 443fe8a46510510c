export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The figure to reach: at most this, or at least. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
  readonly note?: string;
}

export const meets = ({ value, target }: Figure): boolean | undefined =>
  target === undefined ? undefined : 'atMost' in target ? value <= target.atMost : value >= target.atLeast;

/** Milliseconds of each run. */
export const timed = async (runs: number, run: (i: number) => Promise<unknown>): Promise<number[]> => {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await run(i);
    times.push(performance.now() - start);
  }
  return times;
};

const show = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3);

export const printTable = (figures: readonly Figure[]): void => {
  const rows = figures.map((figure) => {
    const { target } = figure;
    const goal =
      target === undefined ? '' : 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;
    const verdict = { true: 'ok', false: 'MISSED', undefined: '' }[String(meets(figure)) as 'true'];
    return [figure.what, `${show(figure.value)} ${figure.unit}`, goal, verdict, figure.note ?? ''];
  });
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows) console.log(row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
};
