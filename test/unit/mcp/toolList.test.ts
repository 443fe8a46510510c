import assert from 'node:assert/strict';
import { encode } from 'gpt-tokenizer';
import { WorkspaceFiles } from '../../../src/mcp/workspaceFiles.ts';
import { useStore } from '../support/testStore.ts';
import { useMcpClient } from './mcpClient.ts';
import { folderAt } from './readableFolders.ts';

describe('the tool list', () => {
  const memories = useStore();
  const connect = useMcpClient();

  const listed = async (context = {}) => {
    const { client } = await connect(memories.store, {
      files: new WorkspaceFiles([folderAt('.')]),
      ...context,
    });
    return (await client.listTools()).tools;
  };
  const names = async (context = {}) => (await listed(context)).map(({ name }) => name).toSorted();

  it('has mcp-memory-service’s names', async () => {
    assert.deepEqual(await names(), [
      'memory_delete',
      'memory_graph',
      'memory_health',
      'memory_ingest',
      'memory_list',
      'memory_search',
      'memory_stats',
      'memory_store',
      'memory_update',
    ]);
  });

  it('costs under 2,500 tokens', async () => {
    const tokens = encode(JSON.stringify(await listed())).length;
    assert.ok(tokens < 2500, `${tokens} tokens`);
  });

  it('has plain schemas: an object of typed properties, without references and alternatives', async () => {
    for (const { name, inputSchema } of await listed()) {
      assert.equal(inputSchema.type, 'object', name);
      assert.doesNotMatch(JSON.stringify(inputSchema), /"(?:\$ref|\$defs|anyOf|oneOf|allOf|not)"/, name);
    }
  });

  it('says which tools only read, and which can take something away', async () => {
    const tools = await listed();
    const having = (hint: 'readOnlyHint' | 'destructiveHint') =>
      tools
        .filter(({ annotations }) => annotations?.[hint])
        .map(({ name }) => name)
        .toSorted();
    assert.deepEqual(having('readOnlyHint'), [
      'memory_health',
      'memory_list',
      'memory_search',
      'memory_stats',
    ]);
    assert.deepEqual(having('destructiveHint'), ['memory_delete', 'memory_graph', 'memory_update']);
    assert.ok(tools.every(({ annotations }) => annotations?.openWorldHint === false));
  });

  it('leaves out what writes for read-only agents, what a person switched off, and files without a workspace', async () => {
    assert.deepEqual(await names({ settings: { readOnly: true } }), [
      'memory_graph',
      'memory_health',
      'memory_list',
      'memory_search',
      'memory_stats',
    ]);
    assert.ok(!(await names({ settings: { disabledTools: ['memory_delete'] } })).includes('memory_delete'));
    assert.ok(!(await names({ files: undefined })).includes('memory_ingest'));
  });

  it('leaves out the older names of what a person switched off', async () => {
    const settings = { olderNames: true };
    const left = async (...disabledTools: string[]) => {
      const all = await names({ settings });
      const offered = await names({ settings: { ...settings, disabledTools } });
      return all.filter((name) => !offered.includes(name));
    };
    assert.deepEqual(await left('memory_delete'), ['delete_by_tag', 'delete_memory', 'memory_delete']);
    assert.deepEqual(await left('memory_store'), ['memory_store', 'store_memory']);
    assert.deepEqual(await left('delete_by_tag'), ['delete_by_tag']);
  });

  it('lets read-only agents follow links, without a question, and not change them', async () => {
    const graph = (await listed({ settings: { readOnly: true } })).find(
      ({ name }) => name === 'memory_graph',
    );
    assert.deepEqual([graph?.annotations?.readOnlyHint, graph?.annotations?.destructiveHint], [true, false]);
    assert.doesNotMatch(JSON.stringify(graph), /link"|unlink|relation/);
  });

  it('offers the older names only where they are asked for', async () => {
    assert.ok(!(await names()).includes('retrieve_memory'));
    const older = await names({ settings: { olderNames: true } });
    for (const name of ['store_memory', 'retrieve_memory', 'recall_memory', 'search_by_tag', 'delete_memory'])
      assert.ok(older.includes(name), name);
  });

  it('comes with instructions that say when to recall, what to store, and which project this is', async () => {
    const { client } = await connect(memories.store, { project: 'shop' });
    const instructions = client.getInstructions() ?? '';
    assert.match(instructions, /memory_search at the start of a task/);
    assert.match(instructions, /decisions and their reasons/);
    assert.match(instructions, /Current project: "shop"/);
  });
});
