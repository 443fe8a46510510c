/** As much of Cloudflare's own words as an error carries. */
const MAX_LENGTH = 300;
/** Shorter than this, a common part is chance. */
const ECHO_LENGTH = 12;
/** Looking for parts of more than this takes too long. */
const MAX_SENT = 8 * 1024 * 1024;
// eslint-disable-next-line no-control-regex -- they could move a terminal's cursor
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g;

/**
 * Another program's message, fit for logs and errors: short, without control characters, and left out where it
 * repeats a part of what was sent, which may be a memory or the token.
 */
export const harmlessMessage = (message: string, sent: readonly string[]): string => {
  const text = message.replace(CONTROL, ' ').slice(0, MAX_LENGTH).toWellFormed();
  const raw = message.slice(0, MAX_LENGTH);
  if (sent.some((each) => each.length > MAX_SENT || repeats(raw, each)))
    return '(its message repeats what was sent and is left out)';
  return text;
};

const repeats = (message: string, sent: string): boolean => {
  // What was sent is JSON: there, a quotation mark or a line end of a memory looks otherwise.
  const escaped = JSON.stringify(message).slice(1, -1);
  return [message, escaped].some((text) => {
    for (let at = 0; at + ECHO_LENGTH <= text.length; at++)
      if (sent.includes(text.slice(at, at + ECHO_LENGTH))) return true;
    return false;
  });
};
