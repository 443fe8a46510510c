import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { describeMode } from './effectiveMode.ts';
import { redact } from './redact.ts';
import type { Services } from './services.ts';

const LOG_LINES = 60;

type Fact = readonly [string, string | number];

/** Versions, modes, settings, health and the end of the log, as Markdown; no memory, no secret, no home folder. */
export async function collectDiagnostics(services: Services): Promise<string> {
  const text = [
    '## Edge Memory',
    ...list(versions(services.context)),
    '### Store',
    ...list(await health(services)),
    '### Settings that differ from the default',
    ...list(changedSettings(services.context)),
    '### Log',
    '```',
    ...(await logEnd(services)),
    '```',
    '',
  ].join('\n');
  return redact(text, homedir());
}

const list = (facts: readonly Fact[]): string[] =>
  facts.length === 0 ? ['- none'] : facts.map(([name, value]) => `- ${name}: ${value}`);

function versions({ extension }: vscode.ExtensionContext): Fact[] {
  const { version } = extension.packageJSON as { readonly version: string };
  return [
    ['Edge Memory', version],
    ['VS Code', `${vscode.version} (${vscode.env.appName}, ${vscode.env.appHost})`],
    ['Node', process.versions.node],
    ['System', `${process.platform} ${process.arch}`],
    ['Window', vscode.env.remoteName === undefined ? 'local' : 'remote'],
    ['Runs as', extension.extensionKind === vscode.ExtensionKind.UI ? 'ui' : 'workspace'],
    ['Workspace trusted', String(vscode.workspace.isTrusted)],
  ];
}

/** A store that can't be read is part of the diagnosis, not the end of it. */
async function health({ store }: Services): Promise<Fact[]> {
  try {
    const [described, stats] = await Promise.all([store.describe(), store.stats()]);
    return [
      ['Database', described.database],
      ['SQLite', described.sqliteVersion],
      ['Schema', described.schemaVersion],
      ['Full text', String(described.fullText)],
      ['Size', `${(described.fileBytes / 1e6).toFixed(1)} MB`],
      ['Memories', `${stats.live} (${stats.deleted} deleted, ${stats.pinned} pinned)`],
      ['Tags, projects', `${stats.tags}, ${stats.projects}`],
      ['Search', describeMode(stats.mode)],
      [
        'Embeddings',
        `${stats.embedding.embedded} of ${described.embeddingSpace}, ${stats.embedding.pending} pending`,
      ],
    ];
  } catch (error) {
    return [['Error', String(error)]];
  }
}

function changedSettings({ extension }: vscode.ExtensionContext): Fact[] {
  const { contributes } = extension.packageJSON as {
    readonly contributes: {
      readonly configuration: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
    };
  };
  const settings = vscode.workspace.getConfiguration();
  const names = contributes.configuration.flatMap(({ properties }) => Object.keys(properties));
  return names.flatMap((name): Fact[] => {
    const { defaultValue } = settings.inspect(name) ?? {};
    const value: unknown = settings.get(name);
    return JSON.stringify(value) === JSON.stringify(defaultValue) ? [] : [[name, JSON.stringify(value)]];
  });
}

/** The file behind the output channel, as VS Code keeps it for each window. */
async function logEnd({ context, log }: Services): Promise<string[]> {
  const file = vscode.Uri.joinPath(context.logUri, `${log.name}.log`);
  try {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    return text.trimEnd().split('\n').slice(-LOG_LINES);
  } catch {
    return ['no log'];
  }
}
