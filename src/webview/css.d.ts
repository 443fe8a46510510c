/** esbuild turns these into the style sheet of the webview. */
declare module '*.css';
