/**
 * `npm run l10n`: writes l10n/bundle.l10n.json from the sources, and says what each language lacks. Translations that
 * nothing uses any more are taken out.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { getL10nJson } from '@vscode/l10n-dev';
import { engineTextsIn } from './engineTexts.ts';
import { root } from './paths.ts';

export const languages = ['de', 'ja', 'zh-cn'] as const;

/** Texts of one kind: by a key, or by the English text itself. */
export type Texts = Readonly<Record<string, string>>;

/** Where the English texts lie, and those of a language. */
export const files = {
  bundle: (language?: string) => fileOf(`l10n/bundle.l10n${suffix(language)}.json`),
  manifest: (language?: string) => fileOf(`package.nls${suffix(language)}.json`),
} as const;

const suffix = (language: string | undefined): string => (language === undefined ? '' : `.${language}`);
const fileOf = (name: string): string => path.join(root, name);

export const readTexts = (file: string): Texts => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Texts;
  } catch {
    return {};
  }
};

/** Every text that the sources show through `vscode.l10n.t`, through `t` in a webview, or by an error. */
export async function textsInSources(): Promise<Texts> {
  const sources = globSync('src/{vscode,webview}/**/*.ts', { cwd: root }).map(fileOf);
  const found = await getL10nJson(
    sources.map((file) => ({ extension: '.ts', contents: asExported(readFileSync(file, 'utf8')) })),
  );
  const engine = globSync(
    ['src/{memory,local,cloudflare,sync,transfer,vscode}/**/*.ts', 'src/mcp/agentInstructions.ts'],
    { cwd: root },
  )
    .map(fileOf)
    .flatMap((file) => engineTextsIn(readFileSync(file, 'utf8')));
  const texts = new Map([
    ...engine.map((text) => [text, text] as const),
    ...Object.entries(found).map(([key, text]) => [key, messageOf(text)] as const),
  ]);
  return Object.fromEntries([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const messageOf = (text: string | { readonly message: string }): string =>
  typeof text === 'string' ? text : text.message;

/** The exporter knows `l10n.t` of `@vscode/l10n`; webviews import `t` from a file that configures it. */
const asExported = (source: string): string =>
  /import \{ t \} from '(\.\.?\/)+l10n\.ts'/.test(source)
    ? source
        .replace(/import \{ t \} from '(\.\.?\/)+l10n\.ts'/, `import * as l10n from '@vscode/l10n'`)
        .replace(/(?<![\w.$])t\(/g, 'l10n.t(')
    : source;

const write = (file: string, texts: Texts): void => {
  writeFileSync(file, `${JSON.stringify(texts, undefined, 2)}\n`);
};

/** Keeps of a translation what is used, in the order of the English texts; answers what is missing. */
const align = (file: string, english: Texts): string[] => {
  const translated = readTexts(file);
  const keys = Object.keys(english);
  write(
    file,
    Object.fromEntries(keys.flatMap((key) => (key in translated ? [[key, translated[key] ?? '']] : []))),
  );
  return keys.filter((key) => !(key in translated));
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const texts = await textsInSources();
  write(files.bundle(), texts);
  let missing = 0;
  for (const language of languages)
    for (const [file, english] of [
      [files.bundle(language), texts],
      [files.manifest(language), readTexts(files.manifest())],
    ] as const) {
      const lacking = align(file, english);
      missing += lacking.length;
      for (const key of lacking) console.log(`${path.basename(file)}: ${JSON.stringify(key)}`);
    }
  console.log(`${Object.keys(texts).length} texts in the sources; ${missing} translations are missing.`);
  process.exitCode = missing > 0 ? 1 : 0;
}
