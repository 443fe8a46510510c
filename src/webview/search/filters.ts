import { html, nothing, type TemplateResult } from 'lit';
import type { Choice, SearchForm, SearchMode } from '../../shared/searchProtocol.ts';
import { t } from '../l10n.ts';
import type { SearchModel } from './searchModel.ts';
import type { TagField } from './tagField.ts';

/** What narrows a search down, beside its query. `timeLeft`: no more of the time is going to be typed. */
export function filters(model: SearchModel, tagField: TagField, timeLeft: () => void): TemplateResult {
  const { form, choices } = model;
  return html`<div class="filters" id="filters" role="group" aria-label=${t('Filters')}>
    ${labelled(
      'mode',
      t('Search by'),
      select('mode', form.mode, modes(), (mode) => model.change({ mode })),
    )}
    <div class="field">
      <span class="label">${t('Tags')}</span>
      <div class="control">
        ${tagField.template()}
        ${
          form.tags.length < 2
            ? nothing
            : html`<div class="match">
                ${select(
                  'tagMatch',
                  form.tagMatch,
                  [
                    ['any', t('Any of these tags')],
                    ['all', t('All of these tags')],
                  ],
                  (tagMatch) => model.change({ tagMatch }),
                  t('How many of the tags'),
                )}
              </div>`
        }
      </div>
    </div>
    ${labelled(
      'type',
      t('Type'),
      select('type', form.type, [['', t('All types')], ...named(choices.types, form.type)], (type) =>
        model.change({ type }),
      ),
    )}
    ${labelled('project', t('Project'), projectSelect(model))} ${timeFields(model, timeLeft)}
  </div>`;
}

/** How many filters are on. */
export const filterCount = (form: SearchForm): number =>
  [
    form.mode !== 'hybrid',
    form.tags.length > 0,
    form.type !== '',
    form.scope !== 'all',
    form.time.trim() !== '' || form.from !== '' || form.to !== '',
  ].filter(Boolean).length;

/** The form with its query and order alone. */
export const withoutFilters = (form: SearchForm): Partial<SearchForm> => ({
  ...{ mode: 'hybrid', tags: [], type: '', scope: 'all', project: '', time: '', from: '', to: '' },
  tagMatch: form.tagMatch,
});

type Options<Value extends string> = readonly (readonly [Value, string])[];

export function select<Value extends string>(
  id: string,
  value: Value,
  options: Options<Value>,
  change: (value: Value) => void,
  label?: string,
): TemplateResult {
  return html`<select
    id=${id}
    aria-label=${label ?? nothing}
    title=${label ?? nothing}
    .value=${value}
    @change=${(event: Event) => change((event.target as HTMLSelectElement).value as Value)}
  >
    ${options.map(
      ([option, text]) => html`<option value=${option} ?selected=${option === value}>${text}</option>`,
    )}
  </select>`;
}

const labelled = (id: string, label: string, control: TemplateResult): TemplateResult =>
  html`<div class="field">
    <label class="label" for=${id}>${label}</label>
    <div class="control">${control}</div>
  </div>`;

const modes = (): Options<SearchMode> => [
  ['hybrid', t('Words and meaning')],
  ['keyword', t('Words')],
  ['meaning', t('Meaning')],
  ['exact', t('Exact text')],
];

/** The choice that is made stays among them, though nothing has it any more. */
function named(choices: readonly Choice[], chosen: string): [string, string][] {
  const listed = choices.map(({ name, count }): [string, string] => [
    name,
    `${name} (${count.toLocaleString()})`,
  ]);
  return chosen === '' || choices.some(({ name }) => name === chosen)
    ? listed
    : [...listed, [chosen, chosen]];
}

/** `this` and `all` are no names: a project's is told apart by its prefix. */
function projectSelect({ form, choices, change }: SearchModel): TemplateResult {
  const { thisProject } = choices;
  const options: [string, string][] = [
    ['all', t('All projects')],
    ...(thisProject !== undefined || form.scope === 'this'
      ? [['this', t('This project ({0})', thisProject ?? '')] as [string, string]]
      : []),
    ...named(choices.projects, form.scope === 'one' ? form.project : '').map(
      ([name, text]): [string, string] => [`one:${name}`, text],
    ),
  ];
  const value = form.scope === 'one' ? `one:${form.project}` : form.scope;
  return select('project', value, options, (chosen) => {
    const scope = chosen === 'all' || chosen === 'this' ? chosen : 'one';
    change({ scope, project: scope === 'one' ? chosen.slice('one:'.length) : '' });
  });
}

/** Free text or two days: the one that is filled in clears the other. */
function timeFields(
  { form, results, timeProblem, change }: SearchModel,
  timeLeft: () => void,
): TemplateResult {
  const day = (name: 'from' | 'to', label: string): TemplateResult =>
    html`<label class="day"
      ><span>${label}</span
      ><input
        type="date"
        .value=${form[name]}
        @change=${(event: Event) => change({ time: '', [name]: (event.target as HTMLInputElement).value })}
    /></label>`;
  return html`${labelled(
      'time',
      t('Time'),
      html`<input
          id="time"
          type="text"
          autocomplete="off"
          spellcheck="false"
          placeholder=${t('Any time, or such as “last week”')}
          aria-invalid=${timeProblem !== undefined}
          aria-describedby="understood"
          .value=${form.time}
          @input=${(event: Event) =>
            change({ time: (event.target as HTMLInputElement).value, from: '', to: '' })}
          @blur=${timeLeft}
        />
        <div id="understood" class=${timeProblem === undefined ? 'hint' : 'hint problem'} role="status">
          ${timeProblem ?? results?.time ?? ''}
        </div>`,
    )}
    <div class="field">
      <span class="label">${t('Days')}</span>
      <div class="control days">${day('from', t('From'))} ${day('to', t('To'))}</div>
    </div>`;
}
