import { stripLikePython } from './contentHash.ts';
import { MemoryError } from './errors.ts';

/** Contents above this are refused: an embedding of them would take hours, a list of them the machine's memory. */
export const MAX_CONTENT_BYTES = 16 * 1024 * 1024;

export const utf8Length = (text: string): number => Buffer.byteLength(text, 'utf8');

/**
 * Whether Python, JavaScript and SQLite all store a text alike. Python cannot encode a lone surrogate, and SQL's
 * length() stops at U+0000: three programs would keep three different things.
 */
export const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();

/** Throws where a text is not storable. */
export const checkText = (what: string, text: string): void => {
  if (text.includes('\u0000'))
    throw new MemoryError(
      'invalid-input',
      `${what} contains the character U+0000.`,
      'Remove it; binary data does not fit into a memory.',
    );
  if (!text.isWellFormed())
    throw new MemoryError(
      'invalid-input',
      `${what} contains half of a surrogate pair, which is not a character.`,
      'Check where the text was cut or decoded, and store it again.',
    );
};

export const checkContent = (content: string): void => {
  if (stripLikePython(content) === '')
    throw new MemoryError('invalid-input', 'The memory is empty.', 'Give it some text.');
  checkText('The memory', content);
  const bytes = utf8Length(content);
  if (bytes > MAX_CONTENT_BYTES)
    throw new MemoryError(
      'too-large',
      `The memory has ${bytes.toLocaleString('en')} bytes; at most ${MAX_CONTENT_BYTES.toLocaleString('en')} are stored.`,
      'Store its parts one by one, or store a summary and the place of the original.',
    );
};

/** The beginning of a text, never ending inside a surrogate pair. `limit` counts UTF-16 code units. */
export const beginningOf = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
};

const MAX_METADATA_BYTES = 256 * 1024;
/** JSON.stringify escapes a lone surrogate and U+0000; everything else that is well-formed stays as it is. */
const UNSTORABLE_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:d[89a-f]|0000)/;

/** JSON text of a metadata object; refuses what a reader in another language could not take. */
export const metadataJson = (metadata: object): string => {
  const json = JSON.stringify(metadata);
  if (UNSTORABLE_ESCAPE.test(json))
    throw new MemoryError(
      'invalid-input',
      'The metadata contains U+0000 or half of a surrogate pair.',
      'Remove that character and store it again.',
    );
  if (utf8Length(json) > MAX_METADATA_BYTES)
    throw new MemoryError(
      'too-large',
      `The metadata has ${utf8Length(json).toLocaleString('en')} bytes; at most ${MAX_METADATA_BYTES.toLocaleString('en')} are stored.`,
      'Put large text into the content of a memory.',
    );
  return json;
};
