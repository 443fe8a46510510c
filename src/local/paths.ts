import { homedir } from 'node:os';
import path from 'node:path';

/** The folder that every window, terminal and MCP client of this person shares. */
export const defaultDataFolder = (): string => path.join(homedir(), '.edge-memory');

/** The embedded store's file in a data folder. */
export const databaseIn = (dataFolder: string): string => path.join(dataFolder, 'memory.db');

/** Says which store is active, for every face; holds no secret. */
export const configIn = (dataFolder: string): string => path.join(dataFolder, 'config.json');

/** Holds the terminal command; stands on the PATH of terminals. */
export const launcherFolderIn = (dataFolder: string): string => path.join(dataFolder, 'bin');

/** Embeddings that were paid for. */
export const embeddingCacheIn = (dataFolder: string): string => path.join(dataFolder, 'embeddings.db');
