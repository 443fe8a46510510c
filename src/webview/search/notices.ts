import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../l10n.ts';
import { filterCount, withoutFilters } from './filters.ts';
import type { SearchModel } from './searchModel.ts';

interface Notice {
  readonly icon: string;
  readonly title: string;
  readonly text?: string | undefined;
  readonly actions: readonly (readonly [label: string, run: () => void])[];
  readonly isError?: boolean;
}

/** What is shown in place of rows: what is the matter, and what can be done. Undefined while there is nothing to say. */
export function emptyNotice(model: SearchModel, isTimeWrong: boolean): Notice | undefined {
  const { form, results, failure, busy, timeProblem } = model;
  if (failure !== undefined) return failureNotice(model);
  if (isTimeWrong)
    return {
      icon: 'watch',
      title: t('The time is not understood'),
      text: timeProblem,
      actions: [[t('Any Time'), () => model.change({ time: '', from: '', to: '' })]],
    };
  if (results === undefined || (busy && model.answered !== form)) return undefined;
  if (results.nothingStored) return nothingStored(model);
  return noMatch(model);
}

/** In the sidebar the tree's welcome stands below, with the button that stores: one is enough. */
function nothingStored(model: SearchModel): Notice {
  const text = t('Store a fact, a decision or a command, and find it here by its words or by its meaning.');
  return document.body.dataset['place'] === 'sidebar'
    ? { icon: 'search', title: t('Nothing to search yet'), text, actions: [] }
    : {
        icon: 'book',
        title: t('Nothing is remembered yet'),
        text,
        actions: [[t('Store a Memory'), () => storeMemory(model, '')]],
      };
}

/** The same in one line, above rows that answered before. */
export function failureNotice({ failure, retry, host }: SearchModel): Notice | undefined {
  if (failure === undefined) return undefined;
  const { action, code, message } = failure;
  const isOffline = code === 'offline';
  return {
    icon: isOffline ? 'debug-disconnect' : 'error',
    title: isOffline ? t('Your memory can not be reached') : t('The search failed'),
    text: message,
    isError: true,
    actions: [
      [t('Try Again'), retry],
      ...(action === undefined || isOffline
        ? []
        : [[action.title, () => void host.call('runOffered', action.command)] as const]),
    ],
  };
}

function noMatch(model: SearchModel): Notice {
  const { form } = model;
  const query = form.query.trim();
  const filtered = filterCount(form) > 0;
  return {
    icon: 'search',
    title: query === '' ? t('Nothing matches') : t('Nothing matches “{0}”', query.slice(0, 60)),
    text: filtered
      ? t('The filters leave something out. Clear them, or try other words.')
      : t('Try fewer or other words.'),
    actions: [
      ...(filtered ? [[t('Clear Filters'), () => model.change(withoutFilters(form))] as const] : []),
      ...(query === '' ? [] : [[t('Store as a Memory'), () => storeMemory(model, form.query)] as const]),
      ...(form.similarTo === undefined
        ? []
        : [[t('Show All Memories'), () => model.change({ similarTo: undefined })] as const]),
    ],
  };
}

export const noticeBlock = ({ icon, title, text, actions, isError }: Notice): TemplateResult =>
  html`<div class="notice" role=${isError === true ? 'alert' : nothing}>
    <span class=${`codicon codicon-${icon}`} aria-hidden="true"></span>
    <p class="notice-title" dir="auto">${title}</p>
    ${text === undefined ? nothing : html`<p dir="auto">${text}</p>`}
    <div class="notice-actions">
      ${actions.map(
        ([label, run], index) =>
          html`<button class=${index === 0 ? 'button' : 'button secondary'} @click=${run}>${label}</button>`,
      )}
    </div>
  </div>`;

export const noticeLine = ({ icon, title, text, actions }: Notice): TemplateResult =>
  html`<div class="notice-line" role="alert">
    <span class=${`codicon codicon-${icon}`} aria-hidden="true"></span>
    <span title=${text ?? ''}>${title}. ${text ?? ''}</span>
    ${actions.map(([label, run]) => html`<button class="link" @click=${run}>${label}</button>`)}
  </div>`;

const storeMemory = ({ host }: SearchModel, draft: string): void =>
  void host.call('storeMemory', draft).catch(() => undefined);
