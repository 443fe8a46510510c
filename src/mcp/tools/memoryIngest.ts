import * as z from 'zod';
import { chunksOf } from '../../memory/chunking.ts';
import { lineFinder, linesHashOf, linesOf } from '../../memory/codeDrift.ts';
import { MemoryError } from '../../memory/errors.ts';
import type { NewMemory } from '../../memory/memory.ts';
import { beginningOf } from '../../memory/text.ts';
import { dataJson, fittingIn } from '../answers/dataJson.ts';
import { refuseCredentials } from '../credentials.ts';
import type { FileReader } from '../fileReader.ts';
import { filled, missingParameter } from '../parameters.ts';
import { ADDS, defineTool, type ToolCall } from '../tool.ts';
import { projectFor } from './memoryStore.ts';

const EXTENSIONS =
  'md mdx txt rst adoc json yaml yml toml ts tsx js jsx mjs cjs py go rs java kt swift c h cc cpp hpp cs rb php sh sql html css vue svelte'
    .split(' ')
    .map((extension) => `.${extension}`);
/** Characters of all files that are stored at once: some thousand chunks, for what is begun can not be cancelled. */
const AT_ONCE = 2 * 1024 * 1024;
/** Files between two words on how far it is; a thousand of them take longer than most clients wait for silence. */
const TOLD_EVERY = 10;
/** Characters of an answer for the files that were skipped, and for why one was. */
const FOR_SKIPPED = 6000;
const LONGEST_REASON = 300;
const ASK_ALONE =
  'To store a file with credentials all the same, ingest it alone, by file_path: the person is asked where that is possible.';

const input = z.object({
  file_path: z.string().optional(),
  directory_path: z.string().optional(),
  tags: z.array(z.string()).optional(),
  chunk_size: z.int().min(200).max(20_000).optional().describe('Characters; default 1000'),
  chunk_overlap: z.int().min(0).max(5000).optional().describe('Default 200'),
  recursive: z.boolean().optional(),
  file_extensions: z.array(z.string()).optional(),
  max_files: z.int().min(1).max(1000).optional().describe('Default 100'),
  project: z.string().optional(),
});

export const memoryIngest = defineTool({
  name: 'memory_ingest',
  title: 'Ingest files',
  description: "Stores a file's or folder's text in chunks. Relative paths; honours .gitignore.",
  input,
  hints: ADDS,
  run: async ({ file_path, directory_path, ...others }, call) => {
    const given = { ...others, file_path: filled(file_path), directory_path: filled(directory_path) };
    const { files } = call.context;
    if (files === undefined)
      throw new MemoryError(
        'unsupported-location',
        'There is no workspace to read files from.',
        'Read the file yourself and store what matters with memory_store.',
      );
    const { paths, more } = await pathsOf(given, files);
    const done = { files: 0, stored: 0, known: 0 };
    const skipped: Skipped[] = [];
    /** Files with credentials. */
    const secret: string[] = [];
    /** What is wrong with one file of a folder passes over that file; what is wrong with the store is wrong for all. */
    const skip = (path: string, error: unknown): void => {
      if (given.directory_path === undefined || !isOfFile(error)) throw error;
      skipped.push({ file: path, because: beginningOf(error.message, LONGEST_REASON) });
    };
    const store = async (read: readonly FileChunks[]): Promise<void> => {
      const memories = read.flatMap((file) => file.memories);
      try {
        const results = memories.length === 0 ? [] : await call.store.storeMany(memories, call.options);
        for (const { outcome } of results) done[outcome === 'merged' ? 'known' : 'stored']++;
        done.files += read.length;
      } catch (error) {
        // A person is asked once, for all of it.
        if (call.context.settings.confirmStores || !isOfFile(error)) throw error;
        const [first, ...others] = read;
        if (first && others.length === 0) {
          skip(first.path, error);
          return;
        }
        // All are checked before any is stored: halves lead to the file that it is about.
        const middle = Math.ceil(read.length / 2);
        await store(read.slice(0, middle));
        await store(read.slice(middle));
      }
    };
    // Many at once, so that a person hears of it once and can take it back in one go.
    let gathered: FileChunks[] = [];
    let size = 0;
    for (const [i, path] of paths.entries()) {
      call.options.signal?.throwIfAborted();
      if (i > 0 && i % TOLD_EVERY === 0) await call.progress?.(i, paths.length);
      try {
        const memories = await chunksOfFile(path, given, files, call);
        gathered.push({ path, memories });
        size += memories.reduce((sum, { content }) => sum + content.length, 0);
      } catch (error) {
        skip(path, error);
        if (MemoryError.is(error, 'forbidden')) secret.push(path);
      }
      if (size < AT_ONCE || call.context.settings.confirmStores) continue;
      await store(gathered);
      [gathered, size] = [[], 0];
    }
    if (gathered.length > 0) await store(gathered);
    const shown = skipped.slice(0, fittingIn(skipped, FOR_SKIPPED));
    return dataJson({
      outcome: 'ingested',
      ...done,
      ...(skipped.length > 0 && { skipped: skipped.length, first_skipped: shown }),
      ...(skipped.length > shown.length && { to_see_others: 'ingest their folders one by one' }),
      ...(secret.length > 0 && { next_step: ASK_ALONE }),
      ...(more && { left_out: 'there are more files; raise max_files' }),
    });
  },
});

type Input = z.output<typeof input>;

interface FileChunks {
  readonly path: string;
  readonly memories: readonly NewMemory[];
}

interface Skipped {
  readonly file: string;
  readonly because: string;
}

const OF_A_FILE: readonly string[] = [
  'invalid-input',
  'too-large',
  'not-found',
  'forbidden',
  'unsupported-location',
];
const isOfFile = (error: unknown): error is MemoryError =>
  MemoryError.is(error) && OF_A_FILE.includes(error.code);

const pathsOf = async (
  { file_path, directory_path, recursive = true, file_extensions, max_files = 100 }: Input,
  files: FileReader,
) => {
  if (directory_path === undefined) {
    if (file_path === undefined) throw missingParameter('memory_ingest', 'a file_path or a directory_path');
    return { paths: [file_path], more: false };
  }
  if (file_path !== undefined)
    throw new MemoryError(
      'invalid-input',
      'Nothing was stored: memory_ingest takes a file_path or a directory_path, not both.',
      'Call it again with one of them.',
    );
  const asked = file_extensions?.map((name) => `.${name.toLowerCase().replace(/^\*?\./, '')}`) ?? [];
  const extensions = asked.length > 0 ? asked : EXTENSIONS;
  const found = await files.find(directory_path, { recursive, extensions, limit: max_files });
  if (found.paths.length === 0)
    throw new MemoryError(
      'not-found',
      `Nothing was stored: no file in ${directory_path.slice(0, 200)} ends in ${extensions.join(' ').slice(0, 300)}${recursive ? '' : ' (folders in it were not looked at)'}.`,
      'Name other file_extensions, or another folder; what .gitignore names is left out.',
    );
  return found;
};

const chunksOfFile = async (
  given: string,
  { directory_path, chunk_size: size = 1000, chunk_overlap = 200, tags, project }: Input,
  files: FileReader,
  call: ToolCall,
): Promise<NewMemory[]> => {
  const { text, source, project: own } = await files.read(given);
  // Nobody is asked about one file after the other.
  const askable = directory_path === undefined ? call.context : { client: call.context.client };
  await refuseCredentials(text, askable, { ...call.options, file: source.path });
  const chunks = chunksOf(text, { size, overlap: Math.min(chunk_overlap, Math.floor(size / 2)) });
  const [all, lineAt] = [linesOf(text), lineFinder(text)];
  return chunks.flatMap(({ start, end }, i) => {
    const content = text.slice(start, end);
    if (content.trim() === '') return [];
    // Blank lines around it say nothing.
    const first = lineAt(end - content.trimStart().length);
    const last = lineAt(start + content.trimEnd().length - 1);
    return [
      {
        content,
        tags,
        memoryType: 'document',
        metadata: { source_file: source.path, chunk_index: i, total_chunks: chunks.length },
        project: projectFor(project, call, own),
        source: {
          ...call.source,
          ...source,
          lines: [first, last] as const,
          linesHash: linesHashOf(all.slice(first - 1, last)),
        },
      },
    ];
  });
};
