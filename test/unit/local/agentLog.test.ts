import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AgentLog, agentLogIn } from '../../../src/local/agentLog.ts';
import type { AgentAct } from '../../../src/memory/agentActs.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const act = (id: string, hashes: readonly string[] = ['a'.repeat(64)]): AgentAct => ({
  id,
  at: 1,
  client: 'Test Agent 1',
  kind: 'stored',
  hashes,
  undo: [{ do: 'delete', hashes }],
});

describe('the log of what agents did', () => {
  const folder = temporaryFolder();

  it('is empty where no agent did anything', async () => {
    assert.deepEqual(await new AgentLog(folder()).recent(10), []);
  });

  it('answers the newest first, as many as are asked for, and what was undone', async () => {
    const log = new AgentLog(folder());
    for (const id of ['1', '2', '3']) await log.add(act(id));
    await log.markUndone(act('2'));
    const recent = await log.recent(10);
    assert.deepEqual(
      recent.map(({ id, undone }) => [id, undone]),
      [
        ['3', false],
        ['2', true],
        ['1', false],
      ],
    );
    assert.deepEqual(
      (await log.recent(1)).map(({ id }) => id),
      ['3'],
    );
    assert.deepEqual([...(await log.undone())], ['2']);
  });

  it('is one for several processes', async () => {
    const [one, other] = [new AgentLog(folder()), new AgentLog(folder())];
    await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? one : other).add(act(String(i)))));
    assert.equal((await new AgentLog(folder()).recent(1000)).length, 100);
  });

  it('is read by its owner only', async () => {
    await new AgentLog(folder()).add(act('1'));
    const file = path.join(agentLogIn(folder()), 'activity.jsonl');
    assert.equal((await stat(agentLogIn(folder()))).mode & 0o777, 0o700);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('passes over a line that is cut, or that it does not understand', async () => {
    const log = new AgentLog(folder());
    await log.add(act('1'));
    const file = path.join(agentLogIn(folder()), 'activity.jsonl');
    await appendFile(file, '{"id":"2","at":\n{"what":"ever"}\nnull\n');
    await log.add(act('3'));
    assert.deepEqual(
      (await log.recent(10)).map(({ id }) => id),
      ['3', '1'],
    );
  });

  it('keeps about 2 MB at most, and what happened last', async () => {
    const log = new AgentLog(folder());
    const many = Array.from({ length: 1000 }, () => 'b'.repeat(64));
    for (let i = 0; i < 40; i++) await log.add(act(String(i), many));
    const files = await readdir(agentLogIn(folder()));
    const sizes = await Promise.all(
      files.map(async (file) => (await readFile(path.join(agentLogIn(folder()), file))).length),
    );
    assert.ok(files.length <= 4, files.join());
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 3 * 1024 * 1024, sizes.join());
    const [newest] = await log.recent(1);
    assert.equal(newest?.id, '39');
  });
});
