import ts from 'typescript';

/** Properties whose text a person reads. */
const READ = new Set(['nextStep', 'what', 'message', 'label', 'reducedBecause']);

/**
 * The sentences that the engine and its ports say of failures: they know no editor, so they speak English, and
 * src/vscode/localised.ts translates them, with those of our own errors that are written so. Each `${…}` becomes `{0}`, `{1}` and so on.
 */
export const engineTextsIn = (source: string): string[] => {
  const found: string[] = [];
  const add = (expression: ts.Expression): void => {
    if (ts.isStringLiteralLike(expression)) found.push(expression.text);
    else if (ts.isTemplateExpression(expression)) found.push(templateOf(expression));
    else if (ts.isParenthesizedExpression(expression)) add(expression.expression);
    else if (ts.isConditionalExpression(expression)) {
      add(expression.whenTrue);
      add(expression.whenFalse);
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'MemoryError')
      node.arguments?.slice(1, 3).forEach(add);
    else if (ts.isPropertyAssignment(node) && READ.has(node.name.getText())) add(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true));
  return found.filter(isSentence);
};

const templateOf = ({ head, templateSpans }: ts.TemplateExpression): string =>
  head.text + templateSpans.map(({ literal }, i) => `{${i}}${literal.text}`).join('');

/** What is made of little but other text can't be told from it again. */
const isSentence = (text: string): boolean =>
  text.replace(/\{\d+\}/g, '').replace(/[^\p{L}]/gu, '').length >= 10;
