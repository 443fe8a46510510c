import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { webviewHtml } from '../../src/vscode/webviews/webviewPage.ts';

const extension = vscode.Uri.file('/an/extension');
const webview = {
  cspSource: 'https://its-own.test',
  asWebviewUri: (uri: vscode.Uri) => uri.with({ scheme: 'https', authority: 'its-own.test' }),
} as unknown as vscode.Webview;
const page = (title = 'Search'): string =>
  webviewHtml(webview, extension, { name: 'search', title, place: 'sidebar' });

const nonceOf = (html: string): string => /'nonce-([^']+)'/.exec(html)?.[1] ?? '';

describe('the page of a webview', () => {
  it('runs the scripts that carry its nonce, and loads styles, fonts and pictures of the extension alone', () => {
    const html = page();
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
    const own = webview.cspSource;
    assert.deepEqual(policy?.split('; '), [
      "default-src 'none'",
      `style-src ${own}`,
      `font-src ${own}`,
      `img-src ${own}`,
      `script-src 'nonce-${nonceOf(html)}'`,
    ]);
  });

  it('has no script without the nonce, no style of its own, and no handler in its markup', () => {
    const html = page();
    const scripts = html.match(/<script[^>]*>/g) ?? [];
    assert.equal(scripts.length, 2);
    for (const script of scripts) assert.ok(script.includes(`nonce="${nonceOf(html)}"`), script);
    assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|javascript:/i);
  });

  it('has another nonce each time, of 16 bytes', () => {
    assert.notEqual(nonceOf(page()), nonceOf(page()));
    assert.equal(Buffer.from(nonceOf(page()), 'base64').length, 16);
  });

  it('takes a title as text', () => {
    const html = page('"><script>alert(1)</script>');
    assert.equal(html.match(/<script/g)?.length, 2);
    assert.ok(html.includes('<title>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>'));
  });
});
