import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { build } from 'esbuild';
import { artifacts, root } from './paths.ts';

const manifest = {
  name: 'agent',
  publisher: 'edge-memory-test',
  displayName: 'Test Agent',
  description: 'Calls tools in the chat, without a model.',
  version: '0.0.1',
  license: 'Apache-2.0',
  repository: 'https://example.com/agent',
  engines: { vscode: '^1.105.0' },
  main: './extension.js',
  files: ['extension.js'],
  activationEvents: ['onStartupFinished'],
  contributes: {
    commands: [
      { command: 'edgeMemoryTest.tellAgent', title: 'Tell the Agent', category: 'Test Agent' },
      { command: 'edgeMemoryTest.countTools', title: 'Count the Tools', category: 'Test Agent' },
    ],
    languageModelChatProviders: [{ vendor: 'edge-memory-test', displayName: 'Test' }],
    chatParticipants: [
      { id: 'edge-memory-test.agent', name: 'agent', fullName: 'Test Agent', description: 'A test' },
    ],
  },
};

/** A second extension for the tests: an agent in the chat. Gives its VSIX. */
export async function agentExtension(): Promise<string> {
  const folder = path.join(artifacts, 'agent-extension');
  const vsix = path.join(artifacts, 'agent-extension.vsix');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'README.md'), '# Test Agent\n');
  await writeFile(path.join(folder, 'LICENSE'), 'Apache-2.0\n');
  await build({
    entryPoints: [path.join(root, 'test/e2e/agent/extension.ts')],
    outfile: path.join(folder, 'extension.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  await createVSIX({ cwd: folder, packagePath: vsix, dependencies: false });
  return vsix;
}
