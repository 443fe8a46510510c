import * as l10n from '@vscode/l10n';

/** The texts of the person's language come in the page: a script may not fetch them. */
const bundle = document.querySelector('#l10n')?.textContent;
if (bundle) l10n.config({ contents: bundle });

export const t = l10n.t;
