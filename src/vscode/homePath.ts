import { homedir } from 'node:os';
import path from 'node:path';

/** A path as a person reads it: `~` for their own folder. */
export const homePath = (file: string): string =>
  file === homedir() || file.startsWith(homedir() + path.sep) ? `~${file.slice(homedir().length)}` : file;
