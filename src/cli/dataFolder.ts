import path from 'node:path';
import { defaultDataFolder } from '../local/paths.ts';

/** The folder of this person's memories: EDGE_MEMORY_DATA_FOLDER, as VS Code sets it where its setting names another. */
export const chosenDataFolder = (): string => {
  const named = process.env['EDGE_MEMORY_DATA_FOLDER'];
  return named ? path.resolve(named) : defaultDataFolder();
};
