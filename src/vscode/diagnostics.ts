import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { PartHealth } from '../cloudflare/partHealth.ts';
import type { LocalStoreDescription } from '../local/localStore.ts';
import type { CloudTarget } from '../local/storeConfig.ts';
import type { MemoryStats } from '../memory/memory.ts';
import { describeMode } from './effectiveMode.ts';
import { redact } from './redact.ts';
import type { Services } from './services.ts';

const LOG_LINES = 60;
/** How long Cloudflare is waited for. Milliseconds. */
const PATIENCE = 15_000;

type Fact = readonly [string, string | number];

/** Versions, modes, settings, health and the end of the log, as Markdown; no memory, no secret, no home folder. */
export async function collectDiagnostics(services: Services): Promise<string> {
  const text = [
    '## Edge Memory',
    ...list(versions(services.context)),
    '### Store',
    ...list(await storeFacts(services)),
    '### Settings that differ from the default',
    ...list(changedSettings(services.context)),
    '### Log',
    '```',
    ...(await logEnd(services)),
    '```',
    '',
  ].join('\n');
  return redact(withoutAccount(text, services.connection.target), homedir());
}

/** The log may name the account, which is often its owner's mail address. */
const withoutAccount = (text: string, target: CloudTarget | undefined): string =>
  target === undefined || target.accountName === '' ? text : text.replaceAll(target.accountName, '[account]');

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
async function storeFacts(services: Services): Promise<Fact[]> {
  const attempt = async (facts: () => Promise<Fact[]>): Promise<Fact[]> => {
    try {
      return await facts();
    } catch (error) {
      return [['Error', String(error)]];
    }
  };
  const { store } = services;
  let target: CloudTarget | undefined;
  const where = await attempt(async () => {
    target = await services.connection.read();
    return target === undefined ? [['Backend', 'this machine']] : connectedFacts(target);
  });
  const [counted, parts, file] = await Promise.all([
    attempt(async () => countedFacts(await store.stats())),
    target === undefined ? [] : partFacts(services, target),
    attempt(async () => fileFacts(await store.describe())),
  ]);
  return [...where, ...counted, ...parts, ...file];
}

/** Names of resources, but not whose account it is. */
const connectedFacts = (target: CloudTarget): Fact[] => [
  ['Backend', `Cloudflare${target.jurisdiction === undefined ? '' : ` (${target.jurisdiction})`}`],
  ['D1 database', target.database.name],
  ['Vectorize index', target.index],
  ['R2 bucket', target.bucket ?? 'none'],
  ['Model', `${target.model}${target.endpoint === undefined ? '' : ' on an embedding server'}`],
];

const countedFacts = ({ live, deleted, pinned, tags, projects, mode, embedding }: MemoryStats): Fact[] => [
  ['Memories', `${live} (${deleted} deleted, ${pinned} pinned)`],
  ['Tags, projects', `${tags}, ${projects}`],
  ['Search', describeMode(mode)],
  ['Embeddings', `${embedding.embedded} of ${embedding.space ?? 'no model'}, ${embedding.pending} pending`],
];

const fileFacts = ({
  database,
  sqliteVersion,
  schemaVersion,
  fullText,
  fileBytes,
}: LocalStoreDescription): Fact[] => [
  ['File on this machine', `${database} (${megabytes(fileBytes)})`],
  ['SQLite', `${sqliteVersion}, ${fullText ? 'with' : 'without'} full text, schema ${schemaVersion}`],
];

/** What follows the word “token” is taken for a secret, and left out. */
const NAMES: Readonly<Record<PartHealth['part'], string>> = {
  token: 'access',
  database: 'database',
  index: 'index',
  bucket: 'bucket',
  model: 'model',
};

async function partFacts(services: Services, target: CloudTarget): Promise<Fact[]> {
  const { examineConnected } = await import('./connect/health.ts');
  try {
    const parts = await examineConnected(services, target, AbortSignal.timeout(PATIENCE));
    return parts.map((part) => [`Health of the ${NAMES[part.part]}`, `${partText(part)} (${part.ms} ms)`]);
  } catch (error) {
    return [['Health', String(error)]];
  }
}

function partText(health: PartHealth): string {
  if (health.facts === undefined) return `failed: ${String(health.error)}`;
  switch (health.part) {
    case 'token':
      return health.facts.endsSoon ? 'ends within a week' : 'valid';
    case 'database': {
      const { live, pending, bytes, schemaVersion } = health.facts;
      return `${live} memories, ${pending} pending, ${bytes === undefined ? 'size unknown' : megabytes(bytes)}, schema ${schemaVersion}`;
    }
    case 'index': {
      const { name, vectors, chunkVectors, dimensions, metric } = health.facts;
      return `${name}: ${vectors} vectors and ${chunkVectors} of chunks, ${dimensions} dimensions, ${metric}`;
    }
    case 'bucket':
      return health.facts.bucket === undefined ? 'none' : `${health.facts.objects} large contents`;
    case 'model':
      return `${health.facts.model.space}, ${health.facts.model.dimensions} dimensions`;
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

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
