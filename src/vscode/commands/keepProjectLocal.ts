import * as vscode from 'vscode';
import { offerCopy } from '../connect/copyMemories.ts';
import { oneLine } from '../plainText.ts';
import { number } from '../numbers.ts';
import { say } from '../say.ts';
import type { CommandServices } from './registerCommands.ts';

/** For the project given (its name, or its row in the tree), else for those that a person ticks in a list. */
export async function keepProjectLocal(services: CommandServices, project?: unknown): Promise<void> {
  const name = projectName(project);
  return name === undefined ? chooseProjects(services) : keep(services, name, true);
}

export async function endKeepProjectLocal(services: CommandServices, project?: unknown): Promise<void> {
  const name = projectName(project);
  if (name === undefined) return chooseProjects(services);
  await keep(services, name, false);
  await offerWhatMayLeave(services);
}

/** What need not stay any longer is out of sight while the account is connected, until it is copied there. */
async function offerWhatMayLeave(services: CommandServices): Promise<void> {
  const { target } = services.connection;
  if (target !== undefined) await offerCopy(services, target);
}

const projectName = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  const row = value as { readonly facet?: unknown; readonly name?: unknown } | null | undefined;
  return row?.facet === 'projects' && typeof row.name === 'string' ? row.name : undefined;
};

async function keep(
  { store, connection }: CommandServices,
  project: string,
  localOnly: boolean,
): Promise<void> {
  await store.keepProjectLocal(project, localOnly);
  const name = oneLine(project, 50);
  const left = localOnly && connection.target !== undefined ? await store.count({ project }) : 0;
  if (left > 0) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'From now on what is stored for {0} stays on this machine. Its memories that are in your Cloudflare account from before ({1}) stay there until you delete them.',
        name,
        number(left),
      ),
    );
    return;
  }
  say(
    localOnly
      ? vscode.l10n.t('{0} stays on this machine', name)
      : vscode.l10n.t('{0} may leave this machine', name),
  );
}

async function chooseProjects(services: CommandServices): Promise<void> {
  const { store, projects } = services;
  const [page, local, current] = await Promise.all([
    store.facets('projects', { limit: 1000 }),
    store.localProjects(),
    projects.current(),
  ]);
  const names = new Set([
    ...(current ? [current.name] : []),
    ...local,
    ...page.items.map(({ name }) => name),
  ]);
  if (names.size === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('There is no project yet: memories stored in an open folder belong to its project.'),
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick(
    [...names].map((name) => ({ label: oneLine(name, 100), name, picked: local.includes(name) })),
    {
      canPickMany: true,
      title: vscode.l10n.t('Keep Projects on This Machine'),
      placeHolder: vscode.l10n.t('Memories of the ticked projects are never uploaded'),
    },
  );
  if (chosen === undefined) return;
  const wanted = new Set(chosen.map(({ name }) => name));
  for (const name of names)
    if (wanted.has(name) !== local.includes(name)) await keep(services, name, wanted.has(name));
  if (local.some((name) => !wanted.has(name))) await offerWhatMayLeave(services);
}
