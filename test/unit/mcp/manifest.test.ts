import assert from 'node:assert/strict';
import { languageModelTools, manifest, texts, toolTexts } from './languageModelTools.ts';

const advice = 'node test/unit/mcp/languageModelTools.ts writes them anew';

describe('the tools in package.json', () => {
  it('are those of the MCP server, with the same parameters', () => {
    assert.deepEqual(manifest().contributes['languageModelTools'], languageModelTools(), advice);
  });

  it('bear the titles of the MCP server', () => {
    const all = texts();
    for (const [key, title] of Object.entries(toolTexts())) assert.equal(all[key], title, advice);
  });

  it('can each be switched off, but for older names, which are off unless asked for', () => {
    const { configuration } = manifest().contributes as {
      configuration: { properties: Record<string, { items?: { enum: string[] } }> }[];
    };
    const properties = Object.assign({}, ...configuration.map(({ properties }) => properties)) as Record<
      string,
      { items?: { enum: string[] } }
    >;
    const names = (languageModelTools() as { name: string }[]).map(({ name }) => name.slice('edge_'.length));
    assert.deepEqual(
      properties['edgeMemory.agents.disabledTools']?.items?.enum,
      names.filter((name) => name.startsWith('memory_')).slice(0, 9),
    );
  });
});
