/**
 * What acts on a reader instead of being read: control characters, those that turn the direction of text, and those
 * that nobody sees (zero-width, variation selectors without a base in question, tags), which can carry a hidden text.
 */
const ACTING =
  /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;
/** How chat templates and hosts begin and end frames of their own: `<|im_end|>`, `</function_results>`, `<invoke …>`. */
const FRAME =
  /<(?=[|/]|(?:\w+:)?(?:function_(?:calls|results)|invoke|parameter|tool_\w+|system|user|human|assistant|instructions?)\b)/gi;

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

/** Text of others for a person: what would act on the program that shows it, or hide, is shown; lines stay lines. */
export const visible = (text: string): string =>
  text.replace(ACTING, (found) => (/[\t-\r\u0085\u2028\u2029]/u.test(found) ? found : escaped(found)));

/**
 * JSON on one line that parses to exactly `value`. Text of others stays within its string: it can end neither the
 * line nor the entry, and nothing in it is invisible or looks like the end of a host's frame.
 */
export const dataJson = (value: unknown): string =>
  JSON.stringify(value).replace(ACTING, escaped).replace(FRAME, '\\u003c');

/** How many of the first ones take at most so many characters as a list. */
export const fittingIn = (items: readonly object[], characters: number): number => {
  let left = characters;
  const tooMany = items.findIndex((item) => (left -= dataJson(item).length + 1) < 0);
  return tooMany < 0 ? items.length : tooMany;
};
