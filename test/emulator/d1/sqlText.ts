const token =
  /'(?:[^']+|'')*'|"(?:[^"]+|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[A-Za-z_]\w*|\s+|[^]/g;

/**
 * The statements of a text, split at `;`. Text without any statement gives none.
 *
 * The REST API's own splitter, which `{sql}` (not `{batch}`) goes through, mishandles triggers whose `begin` is in lower
 * case or that have CRLF line ends, as several projects found: `asTheApi` cuts those at each `;`, too.
 */
export function splitStatements(text: string, { asTheApi }: { asTheApi: boolean }): string[] {
  const statements: string[] = [];
  let statement = '';
  let words: string[] = [];
  let depth = 0;
  const close = (): void => {
    if (words.length > 0) statements.push(statement.trim());
    statement = '';
    words = [];
    depth = 0;
  };
  for (const [part] of text.matchAll(token)) {
    if (part === ';' && depth === 0) {
      close();
      continue;
    }
    statement += part;
    if (isBlank(part)) continue;
    words.push(part);
    if (!isTrigger(words) || (asTheApi && text.includes('\r'))) continue;
    const word = asTheApi ? part : part.toUpperCase();
    if (word === 'BEGIN' || (word === 'CASE' && depth > 0)) depth++;
    else if (word === 'END' && depth > 0) depth--;
  }
  close();
  return statements;
}

function isBlank(part: string): boolean {
  return /^(?:\s|--|\/\*)/.test(part);
}

function isTrigger(words: readonly string[]): boolean {
  return /^create (?:temp |temporary )?trigger\b/i.test(words.slice(0, 3).join(' '));
}

/** Functions of SQLite that take any number of arguments; D1 allows 32. */
const variadic =
  /^(?:char|coalesce|concat|concat_ws|format|printf|iif|jsonb?_(?:array|object|extract|insert|remove|replace|set)|max|min)$/i;

/** The name of a function that is called with more than 32 arguments. */
export function overlongCall(sql: string): string | undefined {
  const open: { name: string; commas: number }[] = [];
  let word = '';
  for (const [part] of sql.matchAll(token)) {
    if (isBlank(part)) continue;
    const call = open.at(-1);
    if (part === '(') open.push({ name: word, commas: 0 });
    else if (part === ')') open.pop();
    else if (part === ',' && call !== undefined && ++call.commas >= 32 && variadic.test(call.name)) {
      return call.name;
    }
    word = part;
  }
  return undefined;
}
