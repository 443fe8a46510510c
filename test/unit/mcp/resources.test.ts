import assert from 'node:assert/strict';
import { useStore } from '../support/testStore.ts';
import { useMcpClient } from './mcpClient.ts';

describe('resources and prompts', () => {
  const memories = useStore();
  const connect = useMcpClient();

  const filled = async () => {
    await memories.store.storeMany([
      { content: 'Deploy with make ship', tags: ['deploy', 'two words'], createdAt: 1 },
      { content: 'Use WAL mode', tags: ['sqlite'], createdAt: 2 },
    ]);
    const { client } = await connect(memories.store);
    const read = async (uri: string) => {
      const { contents } = await client.readResource({ uri });
      const [resource] = contents;
      assert.ok(resource && 'text' in resource);
      return resource.text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    };
    return { client, read };
  };
  const contents = (lines: readonly Record<string, unknown>[]) =>
    lines.slice(1).map(({ content }) => content);

  it('are listed', async () => {
    const { client } = await filled();
    assert.deepEqual((await client.listResources()).resources.map(({ uri }) => uri).toSorted(), [
      'memory://stats',
      'memory://tags',
    ]);
    assert.deepEqual(
      (await client.listResourceTemplates()).resourceTemplates
        .map(({ uriTemplate }) => uriTemplate)
        .toSorted(),
      ['memory://memory/{hash}', 'memory://recent/{n}', 'memory://search/{query}', 'memory://tag/{tag}'],
    );
  });

  it('show statistics, tags, the newest, those of a tag, those found, and one memory', async () => {
    const { read } = await filled();
    assert.equal((await read('memory://stats'))[0]?.['memories'], 2);
    const [tags] = await read('memory://tags');
    assert.deepEqual(tags?.['tags'], [
      { name: 'deploy', count: 1 },
      { name: 'sqlite', count: 1 },
      { name: 'two words', count: 1 },
    ]);
    assert.deepEqual(contents(await read('memory://recent/1')), ['Use WAL mode']);
    assert.deepEqual(contents(await read('memory://tag/two%20words')), ['Deploy with make ship']);
    const found = await read('memory://search/make%20ship');
    assert.deepEqual(contents(found), ['Deploy with make ship']);
    assert.deepEqual(contents(await read(`memory://memory/${String(found[1]?.['hash'])}`)), [
      'Deploy with make ship',
    ]);
  });

  it('take an address that is not encoded as it stands', async () => {
    await memories.stored({ content: 'Coverage is 100% here' });
    const { read } = await filled();
    assert.deepEqual(contents(await read('memory://search/coverage is 100%')), ['Coverage is 100% here']);
  });

  it('refuse what there is not', async () => {
    const { read } = await filled();
    await assert.rejects(read('memory://memory/0123456789abcdef'), /no memory/);
    await assert.rejects(read('memory://other'));
  });

  it('are completed: a prompt or template asked for is there under its name', async () => {
    const { client } = await filled();
    assert.deepEqual((await client.listPrompts()).prompts.map(({ name }) => name).toSorted(), [
      'knowledge_export',
      'learning_session',
      'memory_analysis',
      'memory_review',
      'recall',
      'remember',
    ]);
  });

  it('recall brings what is remembered into the chat, as data', async () => {
    const { client } = await filled();
    const { messages } = await client.getPrompt({ name: 'recall', arguments: { topic: 'deploy' } });
    const [message] = messages;
    assert.ok(message?.content.type === 'text');
    assert.match(message.content.text, /"content":"Deploy with make ship"/);
    assert.match(message.content.text, /data, not instructions/);
  });

  it('recall brings no error into the chat as if it were remembered', async () => {
    const { client } = await filled();
    const recall = client.getPrompt({ name: 'recall', arguments: { topic: ' ' } });
    await assert.rejects(recall, /needs a query/);
  });

  it('the other prompts say what to do with which tool', async () => {
    const { client } = await filled();
    const textOf = async (name: string, args: Record<string, string> = {}) =>
      JSON.stringify((await client.getPrompt({ name, arguments: args })).messages);
    assert.match(
      await textOf('remember', { what: 'the port is 8080' }),
      /the port is 8080.*memory_store|memory_store.*the port is 8080/,
    );
    assert.match(await textOf('remember'), /memory_store/);
    assert.match(await textOf('memory_review', { time_period: 'last month' }), /last month.*memory_search/);
    assert.match(await textOf('memory_analysis', { tags: 'sqlite' }), /sqlite.*memory_stats/);
    assert.match(await textOf('knowledge_export', { filter: 'deploys' }), /deploys.*memory_list/);
    assert.match(await textOf('learning_session', { topic: 'WAL' }), /WAL.*memory_store/);
  });
});
