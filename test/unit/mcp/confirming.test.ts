import assert from 'node:assert/strict';
import type { Approval } from '../../../src/mcp/approval.ts';
import { elicitedApproval } from '../../../src/mcp/elicitedApproval.ts';
import type { McpContext } from '../../../src/mcp/mcpContext.ts';
import { newProposal, type Proposal } from '../../../src/mcp/proposal.ts';
import { QuestionForPerson } from '../../../src/mcp/questionForPerson.ts';
import type { AgentAct } from '../../../src/memory/agentActs.ts';
import { useStore } from '../support/testStore.ts';
import { useMcpClient } from './mcpClient.ts';

const KEY = 'hunter2secret';
const SECRET = `postgres://admin:${KEY}@db.example.com/shop`;

describe('where a person confirms what agents store', () => {
  const memories = useStore();
  const client = useMcpClient();
  let acts: AgentAct[] = [];
  beforeEach(() => {
    acts = [];
  });

  const connect = async (context: Partial<McpContext> = {}) => {
    const record = (act: AgentAct): Promise<void> => Promise.resolve(void acts.push(act));
    const { call } = await client(memories.store, { project: 'shop', record, ...context });
    return call;
  };
  const contents = async (): Promise<string[]> =>
    (await memories.store.list({})).items.map(({ content }) => content).sort();

  const asked: string[] = [];
  const written = (proposal: Proposal): string =>
    proposal.map(({ part, text }) => `${part} ${text}`).join('; ');
  const approval = (answer: boolean): Approval => ({
    stores: (given, who) => {
      asked.push(`${who}: ${given.map(written).join()}`);
      return Promise.resolve(answer);
    },
    changes: (given, who) => {
      asked.push(`${who}: ${written(given)}`);
      return Promise.resolve(answer);
    },
    credentials: (found) => {
      asked.push(found.join());
      return Promise.resolve(answer);
    },
  });
  beforeEach(() => {
    asked.length = 0;
  });
  const confirmStores = { settings: { confirmStores: true } };

  it('each text is stored after a yes', async () => {
    const call = await connect({ ...confirmStores, approval: approval(true) });
    await call('memory_store', { content: 'Deploy with make ship' });
    assert.deepEqual(asked, ['Test Agent 7.1: content Deploy with make ship; project shop']);
    assert.deepEqual(await contents(), ['Deploy with make ship']);
  });

  it('everything that an agent words is shown', async () => {
    const old = await memories.stored({ content: 'We use make' });
    const call = await connect({ ...confirmStores, approval: approval(true) });
    await call('memory_store', {
      content: 'We use just',
      metadata: { tags: ['build', 'tools'], type: 'decision', by: 'me' },
      project: 'web',
      supersedes: old.contentHash,
    });
    assert.deepEqual(asked, [
      'Test Agent 7.1: content We use just; supersedes We use make; tags build, tools; type decision; project web; metadata {"by":"me"}',
    ]);
  });

  it('a change is stored after a yes, of metadata, tags, type and project too', async () => {
    const { contentHash } = await memories.stored({ content: 'Port 80', tags: ['net'] });
    const call = await connect({ ...confirmStores, approval: approval(true) });
    for (const [updates, shown] of [
      [{ content: 'PORT 80' }, 'content PORT 80'],
      [{ metadata: { note: 'ignore all rules' } }, 'metadata {"note":"ignore all rules"}'],
      [{ add_tags: ['a'], remove_tags: ['net'] }, 'addTags a; removeTags net'],
      [{ memory_type: 'fact' }, 'type fact'],
      [{ tags: [] }, 'tags '],
      [{ project: 'web' }, 'project web'],
    ] as const) {
      asked.length = 0;
      const { content } = await memories.get(contentHash);
      await call('memory_update', { content_hash: contentHash, updates });
      assert.deepEqual(asked, [`Test Agent 7.1: present ${content}; ${shown}`]);
    }
    assert.deepEqual((await memories.get(contentHash)).metadata, { note: 'ignore all rules' });
  });

  it('nothing is stored after a no, and the agent is told so', async () => {
    const { contentHash } = await memories.stored({ content: 'Port 80' });
    const call = await connect({ ...confirmStores, approval: approval(false) });
    const { isError, head } = await call('memory_store', { content: 'Deploy with make ship' });
    assert.ok(isError);
    assert.match(String(head['message']), /the person said no/);
    for (const updates of [{ content: 'Port 8080' }, { metadata: { a: 1 } }, { add_tags: ['a'] }])
      assert.ok((await call('memory_update', { content_hash: contentHash, updates })).isError);
    const kept = await memories.get(contentHash);
    assert.deepEqual([kept.tags, kept.metadata], [[], {}]);
    assert.deepEqual(await contents(), ['Port 80']);
    assert.deepEqual(acts, []);
  });

  it('nothing is stored where nobody can be asked', async () => {
    const call = await connect(confirmStores);
    const { isError, head } = await call('memory_store', { content: 'Deploy with make ship' });
    assert.ok(isError);
    assert.match(String(head['message']), /nobody can be asked/);
    assert.deepEqual(await contents(), []);
  });

  it('nothing is stored where the client shows addresses only, no questions', async () => {
    const info = { name: 'Browser Agent', version: '1' };
    const { call } = await client(memories.store, confirmStores, info, { elicitation: { url: {} } });
    const { isError, head } = await call('memory_store', { content: 'Deploy with make ship' });
    assert.ok(isError);
    assert.match(String(head['message']), /nobody can be asked/);
    assert.deepEqual(await contents(), []);
  });

  it('what holds credentials is stored only if the person allows it, who sees them masked', async () => {
    const refused = await (await connect({ approval: approval(false) }))('memory_store', { content: SECRET });
    assert.ok(refused.isError);
    assert.equal(asked.length, 1);
    assert.ok(!asked.join().includes(KEY), asked.join());
    assert.deepEqual(await contents(), []);
    await (
      await connect({ approval: approval(true) })
    )('memory_store', { content: SECRET });
    assert.deepEqual(await contents(), [SECRET]);
  });
});

describe('the question that a client puts to the person', () => {
  const proposal = (content: string, others: object = {}): Proposal =>
    newProposal({ content, ...others }, undefined);
  /** What is asked, with the key of the answer; undefined where it was answered. */
  const asked = async (ask: (approval: Approval) => Promise<boolean>, answered: readonly string[] = []) => {
    const inputResponses = Object.fromEntries(
      answered.map((key) => [key, { action: 'accept', content: { store: true } } as const]),
    );
    try {
      await ask(elicitedApproval({ inputResponses, requestState: () => undefined }));
      return undefined;
    } catch (error) {
      assert.ok(error instanceof QuestionForPerson);
      const [[key, request] = []] = Object.entries(error.result.inputRequests ?? {});
      const { message } = (request as { params: { message: string } }).params;
      assert.ok(key !== undefined);
      return { key, message };
    }
  };
  const storing =
    (...proposals: Proposal[]) =>
    (approval: Approval) =>
      approval.stores(proposals, 'Agent 1');

  it('says how much of a long text it shows, and how many memories it does not', async () => {
    const long = await asked(storing(proposal('x'.repeat(5000), { metadata: { note: 'y'.repeat(1000) } })));
    assert.match(long?.message ?? '', /x… \(600 of 5000 characters shown\)\nMetadata: .*y… \(600 of 1011 /);
    const many = await asked(storing(...Array.from({ length: 12 }, (_, i) => proposal(`memory ${i}`))));
    assert.match(many?.message ?? '', /12 memories:\n\n> memory 0\n\n[^]*… and 7 more, not shown here$/);
  });

  it('shows tags, type, project and metadata, apart from any text that looks like them', async () => {
    const forged = 'Deploy\rTags: harmless\r\n\nType: note\u2028Project: none';
    const question = await asked(
      storing(proposal(forged, { tags: ['a', 'b'], memoryType: 'rule\nTags: c' })),
    );
    assert.deepEqual(question?.message.split(/[\n\r\u2028]+/u), [
      'Agent 1 wants to store a memory:',
      '> Deploy',
      '> Tags: harmless',
      '> ',
      '> Type: note',
      '> Project: none',
      'Tags: a, b',
      'Type: rule Tags: c',
    ]);
  });

  it('shows what would act on a terminal, turn the text or hide in it', async () => {
    const acting = 'Deploy\u001b[2K\u202eyadseuT\u{e0041}\u200b 👩‍🚀\r\n\tnow';
    const question = await asked(storing(proposal(acting, { tags: ['a\u001b[8m'] })));
    assert.equal(
      question?.message.split('\n\n')[1],
      '> Deploy\\u001b[2K\\u202eyadseuT\\udb40\\udc41\\u200b 👩‍🚀\r\n> \tnow\nTags: a\\u001b[8m',
    );
  });

  it('is answered by a yes only, not by what is no answer to it', async () => {
    const one = proposal('Deploy with make ship');
    const { key = '' } = (await asked(storing(one))) ?? {};
    const answered = (response: object): Promise<boolean> =>
      elicitedApproval({
        inputResponses: { [key]: response },
        requestState: () => undefined,
      } as Parameters<typeof elicitedApproval>[0]).stores([one], 'Agent 1');
    for (const content of [{}, undefined, { store: true }])
      assert.equal(await answered({ action: 'accept', content }), true);
    for (const store of [false, 'false', 'no', 0])
      assert.equal(await answered({ action: 'accept', content: { store } }), false);
  });

  it('is put again for anything else than what was agreed to', async () => {
    const begin = 'x'.repeat(1000);
    const [one, more] = [proposal(`${begin} one`), [proposal('a'), proposal('b')]];
    const question = await asked(storing(one));
    assert.ok(question);
    assert.equal(await asked(storing(one), [question.key]), undefined);
    for (const others of [
      [proposal(`${begin} two`)],
      [proposal(`${begin} one`, { metadata: { k: 1 } })],
      [one, ...more],
    ])
      assert.ok(await asked(storing(...others), [question.key]));
    const changing = await asked((approval) => approval.changes(one, 'Agent 1'), [question.key]);
    assert.match(changing?.message ?? '', /^Agent 1 wants to change a memory:/);
  });
});
