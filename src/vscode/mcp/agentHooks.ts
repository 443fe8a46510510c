import * as vscode from 'vscode';
import { agentSettings, isOffAnywhere } from './agentSettings.ts';

/** The hooks that agents' sessions are given, as package.json's `chatPlugins` name them. */
type Hook = 'briefing' | 'askWhatToKeep';

/** Offers the hooks that agents' limits leave: a manifest's `when` sees a setting only as the workspace has it. */
export function registerAgentHooks(): vscode.Disposable {
  const tell = (): void => {
    for (const [hook, isOffered] of Object.entries(hooksNow()))
      void vscode.commands.executeCommand('setContext', `edgeMemory.hooks.${hook}`, isOffered);
  };
  tell();
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('edgeMemory.agents')) tell();
  });
}

const hooksNow = (): Readonly<Record<Hook, boolean>> => {
  const { onlyProject, readOnly, disabledTools = [] } = agentSettings();
  const canStore = !readOnly && !disabledTools.includes('memory_store');
  return {
    // It tells what is pinned without a project, too, which agents of one project do not see.
    briefing: !onlyProject && !isOffAnywhere('briefing'),
    askWhatToKeep: canStore && !isOffAnywhere('askWhatToKeep'),
  };
};
