import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export interface WebviewPage {
  /** The name of its script and style in dist/webview. */
  readonly name: string;
  readonly title: string;
  /** Decides the background. */
  readonly place: 'sidebar' | 'editor';
}

/** Where scripts and styles of webviews lie: nothing else may be loaded. */
export const webviewRoot = (extension: vscode.Uri): vscode.Uri =>
  vscode.Uri.joinPath(extension, 'dist', 'webview');

/** A page that may load its own script and style, and nothing from anywhere else. Its script draws into `#app`. */
export function webviewHtml(
  webview: vscode.Webview,
  extension: vscode.Uri,
  { name, title, place }: WebviewPage,
): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (suffix: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(webviewRoot(extension), `${name}.${suffix}`)).toString();
  const policy = [
    `default-src 'none'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${file('css')}">
</head>
<body data-place="${place}">
<main id="app" aria-label="${escapeHtml(title)}"></main>
<script type="application/json" id="l10n" nonce="${nonce}">${inScript(vscode.l10n.bundle ?? {})}</script>
<script nonce="${nonce}" src="${file('js')}"></script>
</body>
</html>`;
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** JSON that cannot end the script element it stands in. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
