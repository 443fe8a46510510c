/** What may tell of memories in messages and logs: everything between typographic quotation marks. */
const QUOTED = /“[^”]*”/gu;
/** What follows a word for a secret, and long strings without spaces that look like one. */
const SECRETS = [
  /()()\bbearer\s+[^\s"',;]+/giu,
  /\b(authorization|token|secret|password|api[-_ ]?key)(["']?\s*[:=]\s*["']?)[^\s"',;]+/giu,
  /()()\b[A-Za-z0-9_-]{32,}\b/gu,
];
const URL_CREDENTIALS = /([a-z+]+:\/\/)[^/\s]+@/giu;

/** Text fit for the public: no quoted content, no secret, the home folder as `~`. */
export function redact(text: string, home: string): string {
  const unquoted = text.replace(QUOTED, '“…”').replace(URL_CREDENTIALS, '$1');
  const quiet = SECRETS.reduce((result, secret) => result.replace(secret, '$1$2[redacted]'), unquoted);
  return home.length > 1 ? quiet.replace(everyFormOf(home), '~') : quiet;
}

/** A folder as logs and settings write it: in JSON, as the path of a URI, with the drive in either case. */
function everyFormOf(folder: string): RegExp {
  const names = folder.split(/[\\/]/u).filter((name) => name !== '');
  const forms = names.map((name) => `(?:${escaped(name)}|${escaped(encodeURIComponent(name))})`);
  const beginning = /^[\\/]/u.test(folder) ? '[\\\\/]' : '';
  return new RegExp(`${beginning}${forms.join('[\\\\/]+')}(?![\\p{L}\\p{N}_-])`, 'giu');
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
