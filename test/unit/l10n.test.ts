import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { files, languages, readTexts, type Texts, textsInSources } from '../harness/l10n.ts';
import { root } from '../harness/paths.ts';

/** What a translation must have as often as its English text: `{0}`, `$(icon)`, code, and links of the manifest. */
const FIXED = /\{\d+\}|\$\([\w~-]+\)|`[^`]+`|\]\(command:[\w.]+\)|\n/g;

const fixedOf = (text: string): string[] => (text.match(FIXED) ?? []).sort();

const ADVICE = 'run `npm run l10n` and translate what it lists';

const isComplete = (english: Texts, translated: Texts): void => {
  assert.deepEqual(Object.keys(translated).sort(), Object.keys(english).sort(), ADVICE);
  for (const [key, text] of Object.entries(english)) {
    assert.notEqual(translated[key]?.trim(), '', key);
    assert.deepEqual(fixedOf(translated[key] ?? ''), fixedOf(text), key);
  }
};

describe('the texts that a person reads', () => {
  let texts: Texts;

  before(async function () {
    this.timeout(60_000);
    texts = await textsInSources();
  });

  it('are all in the bundle, those of webviews too, and nothing else is', () => {
    assert.deepEqual(readTexts(files.bundle()), texts, ADVICE);
    assert.ok('Map of memories' in texts);
  });

  it('are those of errors too, wherever they are thrown', () => {
    for (const text of [
      'The memory is empty.',
      'No folder is open, so there is no project.',
      'The memory lies in the Cloudflare account {0}, and this editor has no API token for it.',
      'Remove {0} and {1} from the file, with what stands between them, then try again.',
    ])
      assert.ok(text in texts, text);
  });

  it('of the manifest are all there, and each is used', () => {
    const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
    const used = new Set([...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key));
    assert.deepEqual([...used].sort(), Object.keys(readTexts(files.manifest())).sort());
  });

  for (const language of languages) {
    it(`are complete in ${language}`, () => isComplete(texts, readTexts(files.bundle(language))));

    it(`of the manifest are complete in ${language}`, () =>
      isComplete(readTexts(files.manifest()), readTexts(files.manifest(language))));
  }
});
