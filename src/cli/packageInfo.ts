import { readFileSync } from 'node:fs';

const isSource = import.meta.url.endsWith('.ts');

/** The installed package, or the checkout when this runs from its source. */
export const packageRoot = new URL(
  isSource ? new URL('../../', import.meta.url) : import.meta.url.replace(/^(.*\/)dist\/.*$/, '$1'),
);

export const packageVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8'));
  return (manifest as { version: string }).version;
};

/** The script of the embedder's thread: beside the bundle, or in the checkout. */
export const embedderWorker = (): URL =>
  new URL(isSource ? 'src/local/embedderWorker.ts' : 'dist/embedderWorker.js', packageRoot);
