import { html, nothing, type TemplateResult } from 'lit';
import type { Limits, NamedCount, OverviewData, SearchFor } from '../../shared/overviewProtocol.ts';
import { t } from '../l10n.ts';
import { bars, columns } from './charts.ts';
import { bytes, memories, milliseconds, number } from './numbers.ts';
import { isoDay, timeBuckets } from './timeBuckets.ts';

type Search = (what: SearchFor) => void;

/** The numbers that are asked for most, in one row. */
export const headline = (data: OverviewData): TemplateResult => html`
  <dl class="headline">
    ${figure(t('Memories'), number(data.live))} ${figure(t('Tags'), number(data.tagCount))}
    ${figure(t('Projects'), number(data.projectCount))} ${figure(t('Pinned'), number(data.pinned))}
    ${figure(t('Deleted'), number(data.deleted))} ${figure(t('Text'), bytes(data.contentBytes))}
  </dl>
`;

const figure = (label: string, value: string): TemplateResult => html`
  <div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>
`;

export const overTime = (data: OverviewData, search: Search): TemplateResult =>
  section(
    t('Memories over time'),
    columns(timeBuckets(data.days), ({ first, last }) => search({ from: isoDay(first), to: isoDay(last) })),
    'wide',
  );

export const names = (data: OverviewData, search: Search): TemplateResult[] => [
  namesOf(t('Tags'), data.tags, 1, (tag) => search({ tag })),
  namesOf(t('Types'), data.types, 2, (type) => search({ type })),
  namesOf(t('Projects'), data.projects, 3, (project) => search({ project })),
];

/** Names that a card shows; the search and the tree have the others. */
const SHOWN = 10;

const namesOf = (
  title: string,
  all: readonly NamedCount[],
  colour: number,
  pick: (name: string) => void,
): TemplateResult =>
  section(
    title,
    all.length === 0
      ? html`<p class="hint">${t('No memory has one yet.')}</p>`
      : bars(
          all.slice(0, SHOWN).map(({ name, label, count }) => ({
            label,
            value: count,
            spoken: t('{0}, {1}. Search them', label, memories(count)),
            pick: () => pick(name),
          })),
          colour,
        ),
  );

export const clients = ({ clients: all }: OverviewData): TemplateResult =>
  section(
    t('Stored by'),
    all.length === 0
      ? html`<p class="hint">${t('Nobody has left a name yet.')}</p>`
      : html`
          ${bars(
            all.slice(0, SHOWN).map(({ label, count, recent }) => ({
              label,
              value: count,
              shown: recent === 0 ? number(count) : t('{0} (+{1})', number(count), number(recent)),
              spoken: t('{0}: {1}, {2} of them in the last 30 days', label, memories(count), number(recent)),
            })),
            0,
          )}
          <p class="hint">${t('In brackets: the last 30 days.')}</p>
        `,
  );

/** What agents did to memories, and the way to each of it. */
export const agents = ({ agents: all }: OverviewData, show: () => void): TemplateResult =>
  section(
    t('What agents did'),
    typeof all === 'string'
      ? html`<p role="alert" class="failure">${all}</p>`
      : all.length === 0
        ? html`<p class="hint">${t('No agent has stored, changed or deleted a memory yet.')}</p>`
        : html`
            <table class="counts">
              <thead>
                <tr>
                  <th scope="col">${t('Agent')}</th>
                  <th scope="col">${t('Stored')}</th>
                  <th scope="col">${t('Changed')}</th>
                  <th scope="col">${t('Deleted')}</th>
                </tr>
              </thead>
              <tbody>
                ${all.slice(0, SHOWN).map(
                  ({ label, stored, changed, deleted }) => html`
                    <tr>
                      <th scope="row" title=${label}>${label}</th>
                      ${[stored, changed, deleted].map((count) => html`<td>${number(count)}</td>`)}
                    </tr>
                  `,
                )}
              </tbody>
            </table>
            <p class="hint">${t('Memories, as this machine’s log has them; without what was undone.')}</p>
            <div class="actions">
              <button type="button" class="secondary" @click=${show}>${t('Show Agent Activity')}</button>
            </div>
          `,
  );

export const sizes = ({ sizes: all }: OverviewData): TemplateResult =>
  section(
    t('Sizes'),
    bars(
      all.map(({ below, count }, i) => {
        const label =
          below === undefined
            ? t('{0} and more', bytes(all[i - 1]?.below ?? 0))
            : t('below {0}', bytes(below));
        return { label, value: count, spoken: t('{0}: {1}', label, memories(count)) };
      }),
      4,
    ),
  );

/** Where the memories are, how they are found, and what the plan of a connected account leaves. */
export const place = (
  data: OverviewData,
  limits: Limits | string | undefined,
  run: (command: 'connect' | 'health') => void,
): TemplateResult =>
  section(
    t('Where they are kept'),
    html`
      <p>
        ${
          data.place.kind === 'local'
            ? t('On this machine, in {0}', data.place.folder)
            : t('In Cloudflare: {0}, database {1}', data.place.account, data.place.database)
        }
      </p>
      ${data.storageBytes === undefined ? nothing : html`<p>${t('The file takes {0}.', bytes(data.storageBytes))}</p>`}
      <p>${t('Search: {0}', data.searchWay)}</p>
      <p>
        ${
          data.pending === 0
            ? t('All are prepared for search by meaning.')
            : t(
                '{0} are prepared for search by meaning, {1} wait.',
                number(data.embedded),
                number(data.pending),
              )
        }
      </p>
      ${limitsOf(limits)}
      <div class="actions">
        ${
          data.place.kind === 'local'
            ? html`<button type="button" class="secondary" @click=${() => run('connect')}>
                ${t('Connect to Cloudflare…')}
              </button>`
            : nothing
        }
        <button type="button" class="secondary" @click=${() => run('health')}>${t('Check Health')}</button>
      </div>
    `,
  );

const limitsOf = (limits: Limits | string | undefined): TemplateResult | typeof nothing => {
  if (limits === undefined) return nothing;
  if (typeof limits === 'string') return html`<p role="alert" class="failure">${limits}</p>`;
  return html`<p class="hint">${limits.note}</p>
    ${limits.limits.map(({ label, used, of, unit, daily }) => {
      const write = unit === 'bytes' ? bytes : number;
      const gaps = [write(used), write(of ?? 0)] as const;
      const shown =
        of === undefined ? write(used) : daily ? t('{0} of {1} a day', ...gaps) : t('{0} of {1}', ...gaps);
      const spoken = t('{0}: {1}', label, shown);
      return bars([{ label, value: used, shown, spoken }], 0, of ?? Math.max(used, 1));
    })}`;
};

/** The store's methods in a person's words. */
const callNames = (): Readonly<Record<string, string>> => ({
  store: t('Store a memory'),
  storeMany: t('Store memories'),
  search: t('Search'),
  get: t('Read memories'),
  list: t('List a page'),
  count: t('Count'),
  update: t('Change a memory'),
  delete: t('Delete'),
  restore: t('Restore'),
  related: t('Follow links'),
  facets: t('List names'),
  stats: t('Statistics'),
  overview: t('This overview'),
  vectors: t('Read vectors'),
});

export const slowest = ({ latencies }: OverviewData): TemplateResult => {
  const known = callNames();
  return section(
    t('Slowest in this window'),
    latencies.length === 0
      ? html`<p class="hint">${t('Nothing was asked yet.')}</p>`
      : bars(
          latencies.slice(0, 8).map(({ call, count, median, p95 }) => {
            const label = known[call] ?? call;
            return {
              label,
              value: p95,
              shown: milliseconds(p95),
              spoken: t(
                '{0}: 95 of 100 calls took at most {1}, half of them at most {2}; {3} calls',
                label,
                milliseconds(p95),
                milliseconds(median),
                number(count),
              ),
            };
          }),
          4,
        ),
  );
};

const section = (title: string, content: unknown, size = ''): TemplateResult => html`
  <section class="card ${size}">
    <h2>${title}</h2>
    ${content}
  </section>
`;
