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

  it('does not name the memories of an act twice, and reads lines that did', async () => {
    const log = new AgentLog(folder());
    const hashes = Array.from({ length: 100 }, (_, i) => String(i).padStart(64, '0'));
    const other: AgentAct = {
      ...act('2', hashes),
      undo: [{ do: 'delete', hashes: hashes.slice(1), left: 'x' }],
    };
    await log.add(act('1', hashes));
    const file = path.join(agentLogIn(folder()), 'activity.jsonl');
    assert.ok((await readFile(file, 'utf8')).length < 100 * 68 + 200);
    await log.add(other);
    await appendFile(file, `${JSON.stringify(act('3', hashes))}\n`);
    assert.deepEqual(
      await log.recent(10),
      [act('3', hashes), other, act('1', hashes)].map((each) => ({ ...each, undone: false })),
    );
  });

  describe('is bounded', function () {
    this.timeout(60_000);
    const bytes = async (): Promise<number> => {
      const names = await readdir(agentLogIn(folder()));
      const sizes = await Promise.all(
        names.map(async (name) => (await stat(path.join(agentLogIn(folder()), name))).size),
      );
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    const hashes = (count: number) => Array.from({ length: count }, () => 'b'.repeat(64));

    it('to about 2 MB of what agents commonly do, and keeps what happened last', async () => {
      const log = new AgentLog(folder());
      const some = hashes(200);
      for (let i = 0; i < 250; i++) await log.add(act(String(i), some));
      const acts = await log.recent(1000);
      assert.equal(acts[0]?.id, '249');
      assert.ok(acts.length > 100 && acts.length < 250, String(acts.length));
      assert.ok((await bytes()) < 3 * 1024 * 1024);
    });

    it('and what an agent stores in bulk drops no deletion before it', async () => {
      const log = new AgentLog(folder());
      await log.add({
        ...act('deletion'),
        kind: 'deleted',
        undo: [{ do: 'restore', hashes: act('').hashes }],
      });
      const many = hashes(20_000);
      for (let i = 0; i < 16; i++) await log.add(act(String(i), many));
      await log.markUndone(act('15'));
      const acts = await log.recent(1000);
      assert.equal(acts.at(-1)?.id, 'deletion');
      assert.deepEqual(
        acts.slice(0, 2).map(({ id, undone }) => [id, undone]),
        [
          ['15', true],
          ['14', false],
        ],
      );
      assert.ok(acts.length < 17 && (await bytes()) < 18 * 1024 * 1024, String(acts.length));
      const names = await readdir(agentLogIn(folder()));
      for (const name of names)
        assert.equal((await stat(path.join(agentLogIn(folder()), name))).mode & 0o777, 0o600);
    });
  });
});
