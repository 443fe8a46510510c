/** Beside the bundle, or in the checkout when this runs from its source. */
export const embedderWorkerUrl = (): URL =>
  import.meta.url.endsWith('.ts')
    ? new URL('../local/embedderWorker.ts', import.meta.url)
    : new URL('embedderWorker.js', import.meta.url.replace(/\/dist\/.*$/, '/dist/'));
