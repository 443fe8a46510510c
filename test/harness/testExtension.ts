import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { build } from 'esbuild';
import { artifacts, root } from './paths.ts';

export interface TestExtension {
  readonly name: string;
  readonly displayName: string;
  /** The script that is its `main`, from the top of the project. */
  readonly script: string;
  /** What else its package.json has. */
  readonly manifest: object;
}

/** Packs another extension, for tests that need one beside ours. Gives its VSIX. */
export async function packTestExtension({
  name,
  displayName,
  script,
  manifest,
}: TestExtension): Promise<string> {
  const folder = path.join(artifacts, `${name}-extension`);
  const vsix = path.join(artifacts, `${name}-extension.vsix`);
  const all = {
    name,
    displayName,
    publisher: 'edge-memory-test',
    description: 'For tests.',
    version: '0.0.1',
    license: 'Apache-2.0',
    repository: `https://example.com/${name}`,
    engines: { vscode: '^1.105.0' },
    main: './extension.js',
    files: ['extension.js'],
    ...manifest,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(all));
  await writeFile(path.join(folder, 'README.md'), `# ${displayName}\n`);
  await writeFile(path.join(folder, 'LICENSE'), 'Apache-2.0\n');
  await build({
    entryPoints: [path.join(root, script)],
    outfile: path.join(folder, 'extension.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  await createVSIX({ cwd: folder, packagePath: vsix, dependencies: false });
  return vsix;
}
