import * as vscode from 'vscode';
import type { Account } from '../../cloudflare/account.ts';
import type { Place } from '../../cloudflare/d1Databases.ts';
import type { Resources } from '../../cloudflare/provision.ts';
import { oneLine } from '../plainText.ts';
import type { ChosenResources } from './chooseResources.ts';
import { number } from '../numbers.ts';

export interface Plan {
  readonly account: Account;
  readonly resources: Resources;
  readonly chosen: ChosenResources;
  readonly place: Place;
  /** To which D1 Time Travel can bring an existing database back. */
  readonly bookmark: string | undefined;
}

/** The one screen before anything leaves the machine or is changed: what goes where, what is made, what is added. */
export async function consent(plan: Plan): Promise<boolean> {
  const connect = vscode.l10n.t('Connect');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Keep your memories in the Cloudflare account “{0}”?', oneLine(plan.account.name, 60)),
    { modal: true, detail: planText(plan).join('\n\n') },
    connect,
  );
  return answer === connect;
}

export function planText(plan: Plan): string[] {
  return [
    leaving(plan),
    making(plan),
    adding(plan),
    sharing(plan),
    plan.resources.withoutBuckets === undefined
      ? ''
      : vscode.l10n.t('Without R2, memories over 1 MB are refused. {0}', plan.resources.withoutBuckets),
  ].filter((part) => part !== '');
}

function leaving({ chosen, resources }: Plan): string {
  const { endpoint, model } = chosen.choice;
  return [
    endpoint === undefined
      ? vscode.l10n.t('From now on this leaves your machine, to your own account and nowhere else:')
      : vscode.l10n.t('From now on this leaves your machine, to your own account and to {0}:', endpoint),
    vscode.l10n.t(
      'each memory that you store, with its tags, details and place in the code, and each search. Text goes to the D1 database {0}, vectors to the Vectorize index {1}; {2} computes them from the text. Memories marked “Keep on This Machine” are never sent.',
      resources.databases.find(({ id }) => id === chosen.database)?.name ?? chosen.database,
      chosen.index,
      endpoint === undefined ? `Workers AI (${model})` : `${endpoint} (${model})`,
    ),
  ].join(' ');
}

function making({ resources, chosen, place }: Plan): string {
  const { databases, indexes, buckets } = resources;
  const made = [
    ...(databases.some(({ id, name }) => id === chosen.database || name === chosen.database)
      ? []
      : [vscode.l10n.t('the D1 database {0}', chosen.database)]),
    ...(indexes.some(({ name }) => name === chosen.index)
      ? []
      : [vscode.l10n.t('the Vectorize index {0}', chosen.index)]),
    ...(chosen.bucket === null || buckets === undefined || buckets.includes(chosen.bucket)
      ? []
      : [vscode.l10n.t('the R2 bucket {0}', chosen.bucket)]),
  ];
  if (made.length === 0) return '';
  const where = place.jurisdiction ?? place.locationHint;
  return where === undefined
    ? vscode.l10n.t('To be created: {0}.', made.join(', '))
    : vscode.l10n.t('To be created: {0}; place: {1}.', made.join(', '), where);
}

function sharing({ chosen: { index, foreignVectors } }: Plan): string {
  if (foreignVectors === 0) return '';
  return vscode.l10n.t(
    'The Vectorize index {0} holds vectors of other memories ({1}): search by meaning finds less beside them, and a memory that is in both places loses its vector when it is deleted in one. Choose another index unless that is what you want.',
    index,
    number(foreignVectors),
  );
}

function adding({ chosen, bookmark }: Plan): string {
  const { inspection } = chosen;
  if (inspection === undefined) return '';
  const { state, live, withoutVectors, rowsToWrite, megabytesToAdd } = inspection;
  const there = [
    vscode.l10n.t('The database holds {0} memories; they become yours to search here.', number(live)),
    ...(withoutVectors > 0
      ? [
          vscode.l10n.t(
            '{0} of them have no vector and are found by their words only, until Verify and Repair computes it.',
            number(withoutVectors),
          ),
        ]
      : []),
  ].join(' ');
  if (state.schemaVersion > 0) return there;
  const back =
    bookmark === undefined
      ? ''
      : vscode.l10n.t(
          'Before the first change its Time Travel bookmark is {0}: with it, Cloudflare can bring the database back.',
          bookmark,
        );
  const added = vscode.l10n.t(
    'Where the token may write, Edge Memory adds its own tables, about {0} rows of the 100,000 that the free plan writes a day, and {1} MB; what is there stays as it is, and “Remove Edge Memory’s Tables” takes them away. With a token that may only read nothing is added.',
    number(rowsToWrite),
    megabytesToAdd.toFixed(1),
  );
  return [there, added, back].filter((part) => part !== '').join(' ');
}
