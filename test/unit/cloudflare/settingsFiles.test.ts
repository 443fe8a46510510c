import assert from 'node:assert/strict';
import { variablesIn } from '../../../src/cloudflare/settingsFiles.ts';

const env = { CLOUDFLARE_API_TOKEN: 'cfut_x', CLOUDFLARE_ACCOUNT_ID: 'abc' };

describe('settings of Cloudflare in a file', () => {
  it('are those of a .env', () => {
    const text = '# mine\nexport CLOUDFLARE_ACCOUNT_ID="abc"\nOTHER=1\n';
    const [found] = variablesIn(text);
    assert.equal(found?.server, undefined);
    assert.equal(found?.variables['CLOUDFLARE_ACCOUNT_ID'], 'abc');
  });

  for (const [client, config] of Object.entries({
    'Claude Desktop, .mcp.json or Cursor': {
      mcpServers: { memory: { command: 'uv', env }, other: { env: {} } },
    },
    'VS Code': { servers: { memory: { type: 'stdio', env } }, inputs: [] },
    'Claude Code, by project': { projects: { '/home/ann/shop': { mcpServers: { memory: { env } } } } },
  }))
    it(`are those of a server of ${client}`, () =>
      assert.deepEqual(variablesIn(JSON.stringify(config)), [{ server: 'memory', variables: env }]));

  it('may stand between comments', () =>
    assert.equal(
      variablesIn(`// mine\n{ "servers": { "memory": { "env": ${JSON.stringify(env)}, }, } }`).length,
      1,
    ));

  it('are asked for where only the client knows them', () => {
    const config = { servers: { memory: { env: { ...env, CLOUDFLARE_API_TOKEN: '${input:token}' } } } };
    assert.deepEqual(variablesIn(JSON.stringify(config))[0]?.variables, { CLOUDFLARE_ACCOUNT_ID: 'abc' });
  });

  it('are none in anything else', () => {
    for (const text of ['', '{', '{"mcpServers":null}', '[1]', 'A=1', '{"a":{"env":{"PATH":"x"}}}', '\u0000'])
      assert.deepEqual(variablesIn(text), [], text);
  });
});
