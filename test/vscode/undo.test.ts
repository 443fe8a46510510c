import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { MemoryError } from '../../src/memory/errors.ts';
import { ErrorReporter } from '../../src/vscode/errors.ts';
import { offerUndo } from '../../src/vscode/undo.ts';
import { answerMessages } from './access.ts';

describe('undoing', () => {
  /** What is shown and logged where somebody undoes and that fails. */
  const failing = async (error: Error): Promise<{ shown: readonly string[]; logged: readonly unknown[] }> => {
    const logged: unknown[] = [];
    const log = { error: (...args: unknown[]) => logged.push(args) } as unknown as vscode.LogOutputChannel;
    const offered = answerMessages('showInformationMessage', 'Undo');
    const { showErrorMessage } = vscode.window;
    const shown: string[] = [];
    Object.assign(vscode.window, {
      showErrorMessage: (...texts: string[]) => {
        shown.push(...texts);
        return Promise.resolve(undefined);
      },
    });
    try {
      assert.equal(await offerUndo(new ErrorReporter(log), 'Done.', () => Promise.reject(error)), false);
      assert.deepEqual(offered.texts, ['Done.']);
    } finally {
      offered.restore();
      Object.assign(vscode.window, { showErrorMessage });
    }
    return { shown, logged };
  };

  it('that fails is logged, and says what to do about it', async () => {
    const error = new MemoryError('offline', 'Cloudflare could not be reached.', 'Check the connection.');
    assert.deepEqual(await failing(error), {
      shown: ['Cloudflare could not be reached. Check the connection.', 'Try Again'],
      logged: [['Undoing failed.', error]],
    });
  });

  it('that is cancelled is no error', async () => {
    assert.deepEqual(await failing(new vscode.CancellationError()), { shown: [], logged: [] });
  });
});
