import * as vscode from 'vscode';
import type { NewMemory } from '../../memory/memory.ts';
import { markdownSections } from '../../transfer/markdownSections.ts';
import { placeOf } from '../code/codePlace.ts';
import type { Services } from '../services.ts';
import { homePath } from '../homePath.ts';
import { readTextFile } from '../textFiles.ts';
import type { FoundSource } from './sources.ts';

/** Files in which people write down for agents what a project is about. */
const INSTRUCTIONS = ['AGENTS.md', 'CLAUDE.md', '.github/copilot-instructions.md'];
/** Where GitHub Copilot Chat keeps its memory, in its own storage (VS Code 1.139). */
const COPILOT_FOLDER = 'memory-tool/memories';
const COPILOT = ['github.copilot-chat', 'GitHub.copilot-chat'];
const DEEPEST = 4;

/** Copilot's memory files, and the instruction files of the open folders, by their sections. */
export async function fileSources(services: Services): Promise<FoundSource[]> {
  const { globalStorageUri, storageUri } = services.context;
  const roots = [globalStorageUri, ...(storageUri ? [storageUri] : [])].flatMap((own) =>
    COPILOT.map((name) => vscode.Uri.joinPath(own, '..', name, COPILOT_FOLDER)),
  );
  const memoryFiles = unique((await Promise.all(roots.map((root) => filesBelow(root)))).flat());
  const folders = vscode.workspace.workspaceFolders ?? [];
  const sources = await Promise.all([
    sourceOf(services, vscode.l10n.t('Copilot’s memory'), 'copilot', memoryFiles, ['copilot']),
    ...folders.flatMap((folder) =>
      INSTRUCTIONS.map((name) =>
        sourceOf(services, name, 'markdown', [vscode.Uri.joinPath(folder.uri, name)], ['instructions']),
      ),
    ),
  ]);
  return sources.filter((source) => source !== undefined);
}

async function sourceOf(
  services: Services,
  name: string,
  icon: string,
  files: readonly vscode.Uri[],
  tags: readonly string[],
): Promise<FoundSource | undefined> {
  const memories = (await Promise.all(files.map((file) => memoriesIn(services, file, tags)))).flat();
  const [first] = files;
  if (first === undefined || memories.length === 0) return undefined;
  const place =
    files.length === 1
      ? homePath(vscode.workspace.asRelativePath(first))
      : vscode.l10n.t('{0} files in {1}', files.length, homePath(vscode.Uri.joinPath(first, '..').fsPath));
  return {
    name,
    icon,
    place: place === name ? undefined : place,
    count: memories.length,
    examples: memories.slice(0, 3),
    batches: () => [memories],
  };
}

/** None where the file is not there or is no text: it was not asked for by name. */
async function memoriesIn(
  { projects, settings, log }: Services,
  file: vscode.Uri,
  tags: readonly string[],
): Promise<NewMemory[]> {
  const found = await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
  if (!found) return [];
  try {
    const project = settings.tagWithProject ? await projects.of(file) : undefined;
    const place = await placeOf(projects, file);
    return markdownSections(await readTextFile(file)).map(({ path: headings, text }) => ({
      content: text,
      tags,
      project: project?.name,
      source: { client: 'vscode', ...place, symbol: headings.join(' › ').slice(0, 200) || undefined },
    }));
  } catch (error) {
    log.warn(`${file.fsPath} was left out.`, error instanceof Error ? error : String(error));
    return [];
  }
}

async function filesBelow(folder: vscode.Uri, depth = 0): Promise<vscode.Uri[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder).then(undefined, () => []);
  const files = entries.map(async ([name, type]): Promise<vscode.Uri[]> => {
    const uri = vscode.Uri.joinPath(folder, name);
    if (type === vscode.FileType.Directory) return depth < DEEPEST ? filesBelow(uri, depth + 1) : [];
    return type === vscode.FileType.File && /\.(md|txt)$/i.test(name) ? [uri] : [];
  });
  return (await Promise.all(files)).flat();
}

const unique = (uris: readonly vscode.Uri[]): vscode.Uri[] => [
  ...new Map(uris.map((uri) => [uri.toString(), uri])).values(),
];
