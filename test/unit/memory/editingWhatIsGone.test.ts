import assert from 'node:assert/strict';
import { contentHashOf } from '../../../src/memory/contentHash.ts';
import type { MemoryEngine } from '../../../src/memory/memoryEngine.ts';
import type { Embedder } from '../../../src/memory/ports.ts';
import { engineOn } from '../local/engineOn.ts';
import { bagOfWords } from '../support/bagOfWords.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { refusal } from '../support/testStore.ts';

describe('editing a memory that is deleted while its new text is embedded', () => {
  const folder = temporaryFolder();
  const [text, next] = ['Deploy on Friday', 'Deploy on Monday'];
  const hash = contentHashOf(text);
  let opened: ReturnType<typeof engineOn>;
  let engine: MemoryEngine;
  let meanwhile: (() => Promise<unknown>) | undefined;

  beforeEach(() => {
    const model = bagOfWords();
    const embedder: Embedder = {
      model: model.model,
      embed: async (texts, options) => {
        const act = meanwhile;
        meanwhile = undefined;
        await act?.();
        return model.embed(texts, options);
      },
    };
    opened = engineOn(folder('memory.db'), embedder, { embed: 'now', largeContentBytes: 1000 });
    engine = opened.engine;
  });
  afterEach(() => opened.close());

  /** All that is known of the memory and around it. */
  const everything = async () => ({
    memory: (await engine.get([hash])).map(({ updatedAt, ...rest }) => ({
      ...rest,
      updatedAt: updatedAt > 0,
    })),
    older: (await engine.get([contentHashOf('older')]))[0]?.supersededBy,
    links: await engine.related(hash),
    history: await engine.history(hash),
    next: await engine.get([contentHashOf(next)]),
  });

  const arrange = async (): Promise<void> => {
    const older = await engine.store({ content: 'older' });
    const other = await engine.store({ content: 'other' });
    await engine.store({ content: text, tags: ['a'], pinned: true, supersedes: older.contentHash });
    await engine.link({ source: hash, target: other.contentHash, relation: 'causes' });
  };

  it('is refused, and once restored the memory has its links, its marks and what it replaced', async () => {
    await arrange();
    const before = await everything();
    meanwhile = () => engine.delete([hash]);
    await assert.rejects(engine.update(hash, { content: next, addTags: ['b'] }), refusal('not-found'));
    assert.equal(meanwhile, undefined);
    await engine.restore([hash]);
    assert.deepEqual(await everything(), before);
    assert.equal(before.links.length, 1);
    assert.equal(before.older, hash);
  });

  it('takes nothing from a deleted memory that had the new text before', async () => {
    await arrange();
    await engine.store({ content: next, tags: ['m'], pinned: true });
    await engine.delete([contentHashOf(next)]);
    const before = await everything();
    meanwhile = () => engine.delete([hash]);
    await assert.rejects(engine.update(hash, { content: next }), refusal('not-found'));
    await engine.restore([hash]);
    assert.deepEqual(await everything(), before);
    assert.deepEqual(before.next[0]?.tags, ['m']);
  });

  it('leaves nothing of a new text that would be large', async () => {
    await arrange();
    meanwhile = () => engine.delete([hash]);
    await assert.rejects(engine.update(hash, { content: 'walrus '.repeat(200) }), refusal('not-found'));
    await engine.settle();
    for (const table of ['em_info', 'em_local_objects'])
      assert.deepEqual(
        await opened.database.read([
          {
            sql: `SELECT * FROM ${table} WHERE ${table === 'em_info' ? 'excerpt' : 'content'} LIKE 'walrus%'`,
          },
        ]),
        [[]],
        table,
      );
  });
});
