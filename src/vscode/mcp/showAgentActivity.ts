import * as vscode from 'vscode';
import { AgentLog, agentLogIn, type LoggedAct } from '../../local/agentLog.ts';
import type { AgentAct } from '../../memory/agentActs.ts';
import type { Memory } from '../../memory/memory.ts';
import { age } from '../age.ts';
import type { CommandServices } from '../commands/registerCommands.ts';
import { homePath } from '../homePath.ts';
import { oneLine } from '../plainText.ts';
import { sentenceOf, subjectOf } from './actText.ts';
import { undoActs } from './undoActs.ts';

const SHOWN = 500;
const ICONS: Readonly<Record<AgentAct['kind'], string>> = {
  stored: 'add',
  updated: 'edit',
  deleted: 'trash',
  linked: 'link',
  unlinked: 'debug-disconnect',
};

interface ActItem extends vscode.QuickPickItem {
  readonly act?: LoggedAct;
}

const undoButton = (): vscode.QuickInputButton => ({
  iconPath: new vscode.ThemeIcon('discard'),
  tooltip: vscode.l10n.t('Undo'),
});

/** Lists what agents stored, changed and deleted, the newest first; each can be looked at and undone. */
export async function showAgentActivity(services: CommandServices): Promise<void> {
  const pick = vscode.window.createQuickPick<ActItem>();
  pick.title = vscode.l10n.t('Agent Activity');
  pick.placeholder = vscode.l10n.t('What agents stored, changed and deleted: choose one to see or undo it');
  pick.matchOnDescription = pick.matchOnDetail = true;
  const log = new AgentLog(services.settings.dataFolder);
  const show = async (): Promise<void> => {
    pick.busy = true;
    try {
      pick.items = await itemsOf(services, await log.recent(SHOWN));
    } finally {
      pick.busy = false;
    }
  };
  const act = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      services.errors.show('An agent’s change could not be shown or undone.', error);
    }
  };
  const undo = (item: ActItem): Promise<void> =>
    act(async () => {
      if (item.act && !item.act.undone) await undoActs(services, [item.act]);
      await show();
    });
  const changes = vscode.Disposable.from(
    pick,
    pick.onDidTriggerItemButton(({ item }) => void undo(item)),
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      pick.hide();
      if (item?.act) void act(() => lookAt(services, item));
    }),
    services.events.onDidChange(() => void act(show)),
  );
  pick.onDidHide(() => void changes.dispose());
  pick.show();
  await show();
}

const itemsOf = async (
  { store, settings }: CommandServices,
  acts: readonly LoggedAct[],
): Promise<ActItem[]> => {
  if (acts.length === 0)
    return [
      {
        label: vscode.l10n.t('No agent has stored, changed or deleted a memory yet.'),
        detail: vscode.l10n.t('What agents do is kept in {0}.', homePath(agentLogIn(settings.dataFolder))),
        alwaysShow: true,
      },
    ];
  const hashes = new Set(acts.flatMap(({ hashes }) => (hashes.length > 2 ? [] : hashes)));
  const found = await store.get([...hashes]);
  const memories = new Map(found.map((memory) => [memory.contentHash, memory]));
  return acts.map((act) => itemOf(act, memories));
};

const itemOf = (act: LoggedAct, memories: ReadonlyMap<string, Memory>): ActItem => ({
  act,
  label: `$(${act.undone ? 'discard' : ICONS[act.kind]}) ${subjectOf(act, memories)}`,
  description: act.undone ? vscode.l10n.t('{0}, undone', kindText(act.kind)) : kindText(act.kind),
  detail: [
    oneLine(act.client, 60),
    ...(act.person === undefined ? [] : [oneLine(act.person, 30)]),
    ...(act.project === undefined ? [] : [oneLine(act.project, 30)]),
    age(act.at),
  ].join(' · '),
  buttons: act.undone || act.undo.length === 0 ? [] : [undoButton()],
});

const kindText = (kind: AgentAct['kind']): string => {
  switch (kind) {
    case 'stored':
      return vscode.l10n.t('stored');
    case 'updated':
      return vscode.l10n.t('changed');
    case 'deleted':
      return vscode.l10n.t('deleted');
    case 'linked':
      return vscode.l10n.t('linked');
    case 'unlinked':
      return vscode.l10n.t('unlinked');
  }
};

/** A dialog that says all of it: the keyboard's way to undo. */
const lookAt = async (services: CommandServices, { act }: ActItem): Promise<void> => {
  if (act === undefined) return;
  const found = await services.store.get(act.hashes.slice(0, 2));
  const memories = new Map(found.map((memory) => [memory.contentHash, memory]));
  const [undo, open] = [vscode.l10n.t('Undo'), vscode.l10n.t('Open Memory')];
  // Enter, pressed once too often, undoes nothing.
  const offered = [
    ...(found.length > 0 ? [open] : []),
    ...(act.undone || act.undo.length === 0 ? [] : [undo]),
  ];
  const chosen = await vscode.window.showInformationMessage(
    sentenceOf(act, memories),
    { modal: true, detail: detailOf(act) },
    ...offered,
  );
  if (chosen === undo) await undoActs(services, [act]);
  else if (chosen === open)
    await vscode.commands.executeCommand('edgeMemory.showMemory', found[0]?.contentHash);
};

const detailOf = (act: LoggedAct): string =>
  [
    new Date(act.at * 1000).toLocaleString(vscode.env.language),
    ...(act.person === undefined ? [] : [vscode.l10n.t('For {0}', oneLine(act.person, 60))]),
    ...(act.project === undefined ? [] : [vscode.l10n.t('In the project {0}', oneLine(act.project, 60))]),
    ...(act.undone ? [vscode.l10n.t('It was undone.')] : []),
  ].join('\n');
