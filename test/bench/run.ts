/**
 * `npm run bench [-- --quick] [--only=PART] [--cloudflare]`: every figure in one run, as a table and as artifacts/bench.json. `--cloudflare`
 * measures the cloud form, and the retrieval set by it, against the account of CLOUDFLARE_API_TOKEN instead.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { cloudBench, realCloudBench } from './cloudBench.ts';
import { editorBench } from './editorBench.ts';
import { engineBench } from './engineBench.ts';
import { mcpBench } from './mcpBench.ts';
import { type Figure, meets, printTable } from './measure.ts';
import { overviewBench } from './overviewBench.ts';
import { packageBench } from './packageBench.ts';
import { retrievalBench } from './retrievalBench.ts';
import { searchBench } from './searchBench.ts';
import { storeBench } from './storeBench.ts';
import { treeBench } from './treeBench.ts';

const root = path.resolve(import.meta.dirname, '../..');
const useLite = path.join(root, 'dist/use-lite');
const quick = process.argv.includes('--quick');
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length);

const retrievalSet = new URL('./developerMemories.json', import.meta.url);
const real = process.argv.includes('--cloudflare');

const parts: readonly (readonly [string, () => Promise<Figure[]> | Figure[]])[] = [
  ['retrieval', () => retrievalBench(retrievalSet, useLite)],
  ['store', () => storeBench(useLite)],
  ['engine, 10k', () => engineBench(10_000, useLite)],
  ...(quick ? [] : [['engine, 100k', () => engineBench(100_000, useLite)] as const]),
  ...(quick ? [] : [['tree, 100k', () => treeBench(useLite)] as const]),
  real
    ? ['cloud, on Cloudflare', () => realCloudBench(retrievalSet)]
    : ['cloud, on the emulator', () => cloudBench()],
  ['mcp', () => mcpBench(root, useLite)],
  ['overview of 10k, in VS Code', () => overviewBench(root, 10_000)],
  ...(quick ? [] : [['overview of 100k, in VS Code', () => overviewBench(root, 100_000)] as const]),
  ['webview, search over 10k', () => searchBench(root, 10_000)],
  ...(quick ? [] : [['webview, search over 100k', () => searchBench(root, 100_000)] as const]),
  ['package', () => packageBench(root)],
  ['editor', () => editorBench()],
];

const figures: Figure[] = [];
for (const [name, measure] of parts.filter(([name]) => name.startsWith(real ? 'cloud' : (only ?? '')))) {
  console.error(`measuring: ${name}`);
  figures.push(...(await measure()));
}
printTable(figures);
const missed = figures.filter((figure) => meets(figure) === false);
mkdirSync(path.join(root, 'artifacts'), { recursive: true });
writeFileSync(
  path.join(root, 'artifacts/bench.json'),
  JSON.stringify(
    { at: new Date().toISOString(), node: process.version, cores: cpus().length, figures },
    null,
    2,
  ),
);
console.log(
  `${figures.length} figures, ${missed.length} of them miss their target; written to artifacts/bench.json`,
);
