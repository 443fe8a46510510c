import * as vscode from 'vscode';

/** Languages answer late while they start; nobody waits longer for the name of a symbol. Milliseconds. */
const PATIENCE = 1500;

/** The symbols of a file as its language sees them; none where no extension knows the language, or none in time. */
export async function symbolsOf(file: vscode.Uri): Promise<readonly vscode.DocumentSymbol[]> {
  const asked = vscode.commands
    .executeCommand<readonly unknown[] | undefined>('vscode.executeDocumentSymbolProvider', file)
    .then(undefined, () => undefined);
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
  const symbols = (await Promise.race([asked, late])) ?? [];
  return symbols.filter(isDocumentSymbol);
}

/** Older languages answer flat lists of places, which say nothing about what holds what. */
const isDocumentSymbol = (symbol: unknown): symbol is vscode.DocumentSymbol =>
  typeof symbol === 'object' && symbol !== null && 'range' in symbol && 'children' in symbol;

/** The innermost symbol that holds a range, with those around it: `Server.start`. */
export const symbolAt = async (file: vscode.Uri, range: vscode.Range): Promise<string | undefined> =>
  innermost(await symbolsOf(file), range)
    .map(({ name }) => name)
    .join('.') || undefined;

function innermost(symbols: readonly vscode.DocumentSymbol[], range: vscode.Range): vscode.DocumentSymbol[] {
  const around = symbols.find((symbol) => holds(symbol.range, range));
  return around ? [around, ...innermost(around.children, range)] : [];
}

/** By lines: a selection of whole lines begins before the symbol on the first of them. */
const holds = (outer: vscode.Range, inner: vscode.Range): boolean =>
  outer.start.line <= inner.start.line && outer.end.line >= inner.end.line;

/** Where a symbol of that path is now. */
export async function rangeOfSymbol(file: vscode.Uri, path: string): Promise<vscode.Range | undefined> {
  const find = (symbols: readonly vscode.DocumentSymbol[], above: string): vscode.Range | undefined => {
    for (const { name, range, children } of symbols) {
      const own = above + name;
      if (own === path) return range;
      const within = path.startsWith(`${own}.`) ? find(children, `${own}.`) : undefined;
      if (within) return within;
    }
    return undefined;
  };
  return find(await symbolsOf(file), '');
}
