import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { MemoryError } from '../memory/errors.ts';

interface Mount {
  readonly point: string;
  readonly type: string;
}

/** File systems of other machines, and those that Windows and a Linux inside it share: their locks do not hold for WAL. */
const REMOTE =
  /^(nfs\d?|cifs|smb\w*|afpfs|webdav|davfs|afs|ncpfs|ceph|lustre|beegfs|glusterfs|9p|drvfs|vboxsf|vmhgfs|prl_fs|macfuse|osxfuse|fuse\.(sshfs|rclone|s3fs|davfs2?|glusterfs|vmhgfs-fuse|gvfsd-fuse|cephfs|smbnetfs|google-drive-ocamlfuse|onedriver))$/;

/** Names of folders that a program keeps in step with other machines, wherever they stand in the path. */
const SYNCED: readonly { readonly name: string; readonly folder: RegExp }[] = [
  { name: 'Dropbox', folder: /^Dropbox( \(.*\))?$/i },
  { name: 'OneDrive', folder: /^OneDrive( - .*)?$/i },
  { name: 'iCloud Drive', folder: /^(Mobile Documents|iCloudDrive|iCloud Drive)$/i },
  { name: 'a cloud drive', folder: /^CloudStorage$/ },
  { name: 'Google Drive', folder: /^(Google Drive|GoogleDrive|My Drive)$/i },
  { name: 'Nextcloud', folder: /^(Nextcloud|ownCloud)$/i },
  { name: 'pCloud', folder: /^(pCloudDrive|pCloud Drive)$/i },
  { name: 'Box', folder: /^(Box|Box Sync)$/ },
];
/** What a program leaves in the folder that it keeps in step. */
const MARKERS: readonly { readonly name: string; readonly file: string }[] = [
  { name: 'Syncthing', file: '.stfolder' },
  { name: 'Resilio Sync', file: path.join('.sync', 'ID') },
];

/** /proc/self/mountinfo: mount point is field 5, the type follows ` - `. Spaces are written as \040. proc(5). */
const linuxMounts = (mountinfo: string): Mount[] =>
  mountinfo.split('\n').flatMap((line) => {
    const [before, after] = line.split(' - ');
    const point = before
      ?.split(' ')[4]
      ?.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const type = after?.split(' ')[0];
    return point !== undefined && type !== undefined ? [{ point, type }] : [];
  });

/** Lines of mount(8) on macOS: `//me@host/share on /Volumes/share (smbfs, nodev, …)`. */
const macMounts = (output: string): Mount[] =>
  [...output.matchAll(/ on (.+) \((\w+)[,)]/g)].map(([, point = '', type = '']) => ({ point, type }));

const mountsOf = (platform: NodeJS.Platform): Mount[] => {
  try {
    if (platform === 'linux') return linuxMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
    if (platform === 'darwin')
      return macMounts(execFileSync('/sbin/mount', { encoding: 'utf8', timeout: 2000 }));
  } catch {
    // Without a list of mounts the folder's names still tell something.
  }
  return [];
};

const refuse = (folder: string, reason: string): MemoryError =>
  new MemoryError(
    'unsupported-location',
    `Memories can not be kept in ${folder}: ${reason}. Two programs that write there at once would damage the file.`,
    'Choose a folder on this computer’s own disk in the setting edgeMemory.dataFolder (or --database, EDGE_MEMORY_DATABASE).',
  );

export interface LocationEnvironment {
  readonly platform: NodeJS.Platform;
  readonly mounts: readonly Mount[];
  readonly exists: (file: string) => boolean;
  /** Where a folder, which may not be there yet, really is: links and mapped drives followed. */
  readonly resolve: (folder: string) => string;
}

/** What the check looks at, for tests: the text that the system gives about its mounts. */
export const parseMounts = { linux: linuxMounts, darwin: macMounts };

const realPlaceOf = (folder: string): string => {
  let at = folder;
  while (!existsSync(at) && at !== path.dirname(at)) at = path.dirname(at);
  try {
    return path.join(realpathSync.native(at), path.relative(at, folder));
  } catch {
    // Some drives of Windows do not tell.
    return folder;
  }
};

const thisComputer = (): LocationEnvironment => ({
  platform: process.platform,
  mounts: mountsOf(process.platform),
  exists: existsSync,
  resolve: realPlaceOf,
});

/** `\\server\share` and `\\?\UNC\server\share`, but not `\\?\C:\folder`. */
const NETWORK_PATH = /^[\\/]{2}(?![?.][\\/][a-z]:)/i;

const reasonAgainst = (
  folder: string,
  { platform, mounts, exists }: LocationEnvironment,
): string | undefined => {
  if (platform === 'win32' && NETWORK_PATH.test(folder))
    return /^[\\/]{2}wsl(\$|\.localhost)[\\/]/i.test(folder)
      ? 'the folder belongs to a Linux inside Windows'
      : 'the folder is on a network drive';
  const names = folder.split(/[\\/]/);
  const synced = SYNCED.find(({ folder: pattern }) => names.some((name) => pattern.test(name)));
  if (synced) return `the folder is kept in step by ${synced.name}`;
  const api = platform === 'win32' ? path.win32 : path.posix;
  for (let at = folder; at !== api.dirname(at); at = api.dirname(at)) {
    const marker = MARKERS.find(({ file }) => exists(api.join(at, file)));
    if (marker) return `the folder is kept in step by ${marker.name}`;
  }
  const holds = ({ point }: Mount) => point === '/' || folder === point || folder.startsWith(`${point}/`);
  // The innermost; of two at the same point, the later one lies on top.
  const mount = mounts
    .filter(holds)
    .reduce<Mount | undefined>(
      (best, next) => (best && best.point.length > next.point.length ? best : next),
      undefined,
    );
  if (mount === undefined || !REMOTE.test(mount.type)) return undefined;
  return mount.type === '9p' || mount.type === 'drvfs'
    ? 'the folder is shared between Windows and a Linux inside it'
    : `the folder is on a network drive (${mount.type})`;
};

/** Throws `unsupported-location` for network drives, synced folders and what WSL and Windows share. */
export const checkLocation = (folder: string, environment = thisComputer()): void => {
  for (const place of new Set([folder, environment.resolve(folder)])) {
    const reason = reasonAgainst(place, environment);
    if (reason !== undefined) throw refuse(folder, reason);
  }
};
