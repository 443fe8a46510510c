import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { CloudStore } from '../../src/cloudflare/cloudStore.ts';
import { USUAL_NAMES } from '../../src/cloudflare/provision.ts';
import { EmbeddingCacheFile } from '../../src/local/embeddingCacheFile.ts';
import type { CloudTarget } from '../../src/local/storeConfig.ts';
import { MemoryError } from '../../src/memory/errors.ts';
import { type Connecting, openConnectedStore } from '../../src/vscode/connect/openConnectedStore.ts';
import { answerMessages, emptyStore, run, services } from './access.ts';
import { apiSetting } from './connecting.ts';
import { type EmulatorProcess, startEmulatorProcess } from '../harness/emulatorProcess.ts';

describe('opening the store at Cloudflare', function () {
  this.timeout(60_000);
  let emulator: EmulatorProcess;
  let target: CloudTarget;
  const closed = { stores: 0, caches: 0 };
  const closeStore: unknown = Reflect.get(CloudStore.prototype, 'close');
  const closeCache: unknown = Reflect.get(EmbeddingCacheFile.prototype, 'close');

  before(async () => {
    await emptyStore();
    emulator = await startEmulatorProcess(
      vscode.extensions.getExtension('edge-memory.edge-memory')?.extensionPath ?? '',
    );
    await apiSetting(emulator.baseUrl);
    const consent = answerMessages('showInformationMessage', 'Connect');
    const made = await run<CloudTarget | undefined>('connect', {
      token: emulator.token,
      database: USUAL_NAMES.database,
      place: {},
    });
    consent.restore();
    assert.ok(made);
    target = made;
    const counting = (what: keyof typeof closed, close: unknown) =>
      function (this: object): unknown {
        closed[what]++;
        return Reflect.apply(close as () => unknown, this, []);
      };
    Reflect.set(CloudStore.prototype, 'close', counting('stores', closeStore));
    Reflect.set(EmbeddingCacheFile.prototype, 'close', counting('caches', closeCache));
  });
  after(async () => {
    Reflect.set(CloudStore.prototype, 'close', closeStore);
    Reflect.set(EmbeddingCacheFile.prototype, 'close', closeCache);
    const question = answerMessages('showWarningMessage', 'Disconnect');
    await run('disconnect');
    question.restore();
    await apiSetting(undefined);
    await emulator.stop();
  });
  beforeEach(() => {
    closed.stores = closed.caches = 0;
  });

  const connecting = async (signal: AbortSignal): Promise<Connecting> => {
    const { connection, settings, log, context } = await services();
    const { tokens } = connection;
    const token = await tokens.get(target.account);
    return {
      target,
      token,
      tokens,
      settings,
      log,
      state: context.globalState,
      reopen: () => undefined,
      signal,
    };
  };

  it('opens nothing where another one is wanted already', async () => {
    await assert.rejects(openConnectedStore(await connecting(AbortSignal.abort())), { name: 'AbortError' });
    assert.deepEqual(closed, { stores: 0, caches: 0 });
  });

  it('leaves nothing open where another one is wanted before it is open', async () => {
    const over = new AbortController();
    const opening = openConnectedStore(await connecting(over.signal));
    over.abort();
    await assert.rejects(opening, { name: 'AbortError' });
    assert.deepEqual(closed, { stores: 1, caches: 1 });
  });

  it('leaves nothing open where its index is not there', async () => {
    const parts = await connecting(new AbortController().signal);
    const elsewhere = { ...target, index: 'another-index' };
    await assert.rejects(openConnectedStore({ ...parts, target: elsewhere }), MemoryError);
    assert.deepEqual(closed, { stores: 1, caches: 1 });
  });

  it('stays open until it is not wanted any more', async () => {
    const over = new AbortController();
    await openConnectedStore(await connecting(over.signal));
    assert.deepEqual(closed, { stores: 0, caches: 0 });
    over.abort();
    assert.deepEqual(closed, { stores: 1, caches: 1 });
  });
});
