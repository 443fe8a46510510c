/** The URL of the remote `origin` in a git config, without credentials. */
export const originUrl = (config: string): string | undefined => {
  const section = /^[ \t]*\[remote "origin"\](.*?)(?=^[ \t]*\[|(?![^]))/ms.exec(config)?.[1];
  const url = section && /^\s*url\s*=\s*(.+?)\s*$/m.exec(section)?.[1];
  return url ? withoutCredentials(url.replace(/^"(.*)"$/, '$1')) : undefined;
};

/** Up to the last `@` before the path: a password may hold one. */
const withoutCredentials = (url: string): string => url.replace(/^([a-z+]+:\/\/)[^/]*@/i, '$1');

/** The last part of a remote's URL or path: `git@github.com:owner/Name.git` is `Name`. */
export const repositoryName = (url: string): string | undefined =>
  /([^/:\\]+?)(?:\.git)?[/\\]*$/.exec(url)?.[1];
