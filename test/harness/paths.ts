import { homedir } from 'node:os';
import path from 'node:path';

/** The checkout. */
export const root = path.resolve(import.meta.dirname, '../..');

/** What a run leaves to look at: screenshots, bundled tests, results. */
export const artifacts = path.join(root, 'artifacts');

/** Outside the checkout, so that `npm ci` and `git clean` don't cost a download. */
export const cache =
  process.env['EDGE_MEMORY_TEST_CACHE'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'edge-memory');

/** For NODE_COMPILE_CACHE: a process that runs TypeScript from its source then starts in a quarter of the time. */
export const compileCache = process.env['NODE_COMPILE_CACHE'] ?? path.join(cache, 'compiled');
