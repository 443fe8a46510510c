import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { checkLocation, parseMounts } from '../../../src/local/storageLocation.ts';
import { openLocalStore } from '../../../src/local/openLocalStore.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Of a Linux with a server's shares, in the words of /proc/self/mountinfo. */
const LINUX = String.raw`
22 28 0:21 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
28 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw,errors=remount-ro
31 28 259:3 / /home rw,relatime shared:30 - btrfs /dev/nvme0n1p3 rw,space_cache=v2
45 31 0:44 / /home/ann/vault rw,nosuid,nodev,relatime shared:40 - fuse.gocryptfs /home/ann/.vault rw,user_id=1000
60 28 0:50 / /srv/nfs rw,relatime shared:50 - nfs4 server:/export rw,vers=4.2,hard
61 28 0:51 / /mnt/share rw,relatime shared:51 - cifs //server/share rw,vers=3.1.1
62 31 0:52 / /home/ann/remote\040disk rw,nosuid,nodev,relatime shared:52 - fuse.sshfs ann@server:/data rw
63 28 0:53 / /run/user/1000/gvfs rw,nosuid,nodev,relatime shared:53 - fuse.gvfsd-fuse gvfsd-fuse rw
64 28 0:54 / /media/cloud rw,nosuid,nodev,relatime shared:54 - fuse.rclone drive: rw
65 28 0:55 / /home/net rw,relatime shared:55 - autofs systemd-1 rw,fd=54
66 65 0:56 / /home/net rw,relatime shared:56 - nfs server:/home rw,vers=3
67 60 0:57 / /srv/nfs/local rw,relatime shared:57 - ext4 /dev/sdb1 rw
`;

/** Of the Linux inside Windows, in its second version and in its first. */
const WSL2 = String.raw`
80 1 8:32 / / rw,relatime - ext4 /dev/sdc rw,discard,errors=remount-ro
95 80 0:60 / /mnt/c rw,noatime - 9p C:\134 rw,dirsync,aname=drvfs;path=C:\;uid=1000,mmap,access=client,trans=fd
`;
const WSL1 = String.raw`
2 2 0:2 / / rw,noatime - lxfs rootfs rw
8 2 0:9 / /mnt/c rw,noatime - drvfs C:\134 rw,uid=1000
`;

/** Of a Mac, in the words of mount(8). */
const MAC = `
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse, protect, root data)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
//ann@server/share on /Volumes/share (smbfs, nodev, nosuid, mounted by ann)
server:/export on /Volumes/My NFS (nfs, nodev, nosuid)
https://server/dav on /Volumes/dav (webdav, nodev, noexec)
ann@server:/data on /Volumes/ssh (macfuse, nodev, nosuid, synchronous, mounted by ann)
/dev/disk4s1 on /Volumes/Stick (on the desk) (msdos, local, nodev, nosuid)
`;

interface Case {
  readonly folder: string;
  /** Why it is refused; accepted where absent. */
  readonly because?: RegExp;
}

const systems: Record<string, { platform: NodeJS.Platform; mounts: string; cases: readonly Case[] }> = {
  'a Linux': {
    platform: 'linux',
    mounts: LINUX,
    cases: [
      { folder: '/home/ann/.edge-memory' },
      { folder: '/home/ann/vault/memories' },
      { folder: '/var/lib/edge-memory' },
      { folder: '/srv/nfs/local/memories' },
      { folder: '/srv/nfs-is-not-it' },
      { folder: '/srv/nfs/memories', because: /network drive \(nfs4\)/ },
      { folder: '/srv/nfs', because: /network drive \(nfs4\)/ },
      { folder: '/mnt/share/memories', because: /network drive \(cifs\)/ },
      { folder: '/home/ann/remote disk/memories', because: /network drive \(fuse\.sshfs\)/ },
      { folder: '/run/user/1000/gvfs/smb-share', because: /network drive/ },
      { folder: '/media/cloud/memories', because: /network drive \(fuse\.rclone\)/ },
      { folder: '/home/net/ann/.edge-memory', because: /network drive \(nfs\)/ },
    ],
  },
  'a Linux inside Windows': {
    platform: 'linux',
    mounts: WSL2,
    cases: [
      { folder: '/home/ann/.edge-memory' },
      { folder: '/mnt/d-is-not-mounted' },
      { folder: '/mnt/c/Users/ann/.edge-memory', because: /shared between Windows and a Linux/ },
    ],
  },
  'a Linux inside Windows, version 1': {
    platform: 'linux',
    mounts: WSL1,
    cases: [
      { folder: '/home/ann/.edge-memory' },
      { folder: '/mnt/c/Users/ann/.edge-memory', because: /shared between Windows and a Linux/ },
    ],
  },
  'a Mac': {
    platform: 'darwin',
    mounts: MAC,
    cases: [
      { folder: '/Users/ann/.edge-memory' },
      { folder: '/Volumes/Stick (on the desk)/memories' },
      { folder: '/Volumes/share/memories', because: /network drive \(smbfs\)/ },
      { folder: '/Volumes/My NFS/memories', because: /network drive \(nfs\)/ },
      { folder: '/Volumes/dav', because: /network drive \(webdav\)/ },
      { folder: '/Volumes/ssh/memories', because: /network drive \(macfuse\)/ },
      { folder: '/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/m', because: /iCloud Drive/ },
      { folder: '/Users/ann/Library/CloudStorage/Dropbox/m', because: /Dropbox|cloud drive/ },
      { folder: '/Users/ann/Library/CloudStorage/GoogleDrive-ann@example.com/m', because: /cloud drive/ },
    ],
  },
  Windows: {
    platform: 'win32',
    mounts: '',
    cases: [
      { folder: String.raw`C:\Users\ann\.edge-memory` },
      { folder: String.raw`D:\memories` },
      { folder: String.raw`\\?\C:\Users\ann\.edge-memory` },
      { folder: String.raw`\\server\share\memories`, because: /network drive/ },
      { folder: '//server/share/memories', because: /network drive/ },
      { folder: String.raw`\\?\UNC\server\share\memories`, because: /network drive/ },
      { folder: String.raw`\\wsl$\Ubuntu\home\ann`, because: /Linux inside Windows/ },
      { folder: String.raw`\\wsl.localhost\Ubuntu\home\ann`, because: /Linux inside Windows/ },
      { folder: String.raw`C:\Users\ann\OneDrive\memories`, because: /OneDrive/ },
      { folder: String.raw`C:\Users\ann\OneDrive - Example Ltd\memories`, because: /OneDrive/ },
      { folder: String.raw`C:\Users\ann\iCloudDrive\memories`, because: /iCloud Drive/ },
      { folder: String.raw`G:\My Drive\memories`, because: /Google Drive/ },
      { folder: String.raw`C:\Users\ann\Dropbox (Example)\memories`, because: /Dropbox/ },
    ],
  },
};

const parsed = (platform: NodeJS.Platform, mounts: string) =>
  platform === 'linux' ? parseMounts.linux(mounts) : platform === 'darwin' ? parseMounts.darwin(mounts) : [];

const refused = (reason: RegExp) => ({
  name: 'MemoryError',
  code: 'unsupported-location',
  message: reason,
  nextStep: /edgeMemory\.dataFolder/,
});

describe('Where memories are kept', () => {
  for (const [name, { platform, mounts, cases }] of Object.entries(systems))
    describe(`on ${name}`, () => {
      for (const { folder, because } of cases)
        it(`${because ? 'refuses' : 'accepts'} ${folder}`, () => {
          const check = () =>
            checkLocation(folder, {
              platform,
              mounts: parsed(platform, mounts),
              exists: () => false,
              resolve: (file) => file,
            });
          if (because) assert.throws(check, refused(because));
          else check();
        });
    });

  describe('in a synced folder', () => {
    const check = (folder: string, ...existing: string[]) =>
      checkLocation(folder, {
        platform: 'linux',
        mounts: parseMounts.linux(LINUX),
        exists: (file) => existing.includes(file),
        resolve: (file) => file,
      });

    for (const [folder, program] of [
      ['/home/ann/Dropbox/memories', /Dropbox/],
      ['/home/ann/OneDrive/memories', /OneDrive/],
      ['/home/ann/Google Drive/memories', /Google Drive/],
      ['/home/ann/Nextcloud/memories', /Nextcloud/],
      ['/home/ann/pCloudDrive/memories', /pCloud/],
      ['/home/ann/Box Sync/memories', /Box/],
    ] as const)
      it(`refuses ${folder}`, () => assert.throws(() => check(folder), refused(program)));

    it('refuses what Syncthing or Resilio Sync keeps in step, however deep', () => {
      const folder = '/home/ann/things/deep/memories';
      assert.throws(() => check(folder, '/home/ann/things/.stfolder'), refused(/Syncthing/));
      assert.throws(() => check(folder, '/home/ann/things/.sync/ID'), refused(/Resilio/));
      assert.throws(() => check('/memories', '/memories/.stfolder'), refused(/Syncthing/));
    });

    it('accepts a home that merely contains such a program or its folder', () => {
      const beside = ['/home/ann/.dropbox', '/home/ann/Dropbox', '/home/ann/.config/syncthing'];
      check('/home/ann/.edge-memory', ...beside, '/home/ann/Sync/.stfolder');
      check('/home/ann/about Dropbox/memories');
      check('/home/ann/Boxes/memories');
    });
  });

  it('refuses a folder whose real place is refused, as through a link or a mapped drive', () => {
    const real: Record<string, string> = {
      '/home/ann/.edge-memory': '/home/ann/Dropbox/memories',
      '/home/bob/.edge-memory': '/srv/nfs/bob',
    };
    for (const [folder, reason] of [
      ['/home/ann/.edge-memory', /Dropbox/],
      ['/home/bob/.edge-memory', /network drive/],
    ] as const)
      assert.throws(
        () =>
          checkLocation(folder, {
            platform: 'linux',
            mounts: parseMounts.linux(LINUX),
            exists: () => false,
            resolve: (file) => real[file] ?? file,
          }),
        refused(reason),
      );
    assert.throws(
      () =>
        checkLocation(String.raw`Z:\memories`, {
          platform: 'win32',
          mounts: [],
          exists: () => false,
          resolve: () => String.raw`\\server\share\memories`,
        }),
      refused(/network drive/),
    );
  });

  describe('on this computer', () => {
    const folder = temporaryFolder();

    it('is looked at before anything is made', async () => {
      await assert.rejects(
        openLocalStore({ database: folder('Dropbox', 'memory.db'), weightsDirectory: '' }),
        refused(/Dropbox/),
      );
      assert.equal(existsSync(folder('Dropbox')), false);
    });

    it('follows links of folders that are there, and of those above one that is yet to be made', () => {
      mkdirSync(folder('OneDrive'));
      symlinkSync(folder('OneDrive'), folder('link'), 'junction');
      assert.throws(() => checkLocation(folder('link')), refused(/OneDrive/));
      assert.throws(() => checkLocation(folder('link', 'yet', 'to be made')), refused(/OneDrive/));
      checkLocation(folder('yet', 'to be made'));
    });

    it('sees Syncthing’s marker', () => {
      mkdirSync(folder('.stfolder'));
      assert.throws(() => checkLocation(path.join(folder(), 'memories')), refused(/Syncthing/));
    });
  });
});
