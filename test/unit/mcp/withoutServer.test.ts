import assert from 'node:assert/strict';
import { clientConfig, MCP_CLIENTS, serverLaunch } from '../../../src/mcp/clientConfigs.ts';
import { withoutServer } from '../../../src/mcp/withoutServer.ts';

describe('taking the server out of a client’s configuration', () => {
  it('leaves other servers, comments, commas and line ends as they are', () => {
    const text = [
      '{',
      '  // what the team uses',
      '  "mcpServers": {',
      '    "other": { "command": "other" }, // kept',
      '    "edge-memory": {',
      '      "command": "/home/ann/.edge-memory/bin/edge-memory",',
      '      "args": ["mcp"]',
      '    },',
      '    "last": { "command": "last" },',
      '  },',
      '  "theme": "dark"',
      '}',
      '',
    ].join('\r\n');
    const rest = withoutServer(text) ?? '';
    assert.equal(
      rest,
      [
        '{',
        '  // what the team uses',
        '  "mcpServers": {',
        '    "other": { "command": "other" }, // kept',
        '    "last": { "command": "last" },',
        '  },',
        '  "theme": "dark"',
        '}',
        '',
      ].join('\r\n'),
    );
    assert.equal(withoutServer(rest), undefined);
  });

  it('leaves valid JSON, wherever in its list the entry stands', () => {
    const [a, ours, b] = ['"a": { "x": "," }', '"edge-memory": { "args": [] }', '"b": {}'];
    for (const [servers, rest] of [
      [[ours], {}],
      [[ours, b], { b: {} }],
      [[a, ours], { a: { x: ',' } }],
      [[a, ours, b], { a: { x: ',' }, b: {} }],
    ] as const)
      for (const [separator, begin, end] of [
        [',', '{', '}'],
        [',\n    ', '{\n    ', '\n  }'],
      ] as const) {
        const text = `{ "servers": ${begin}${servers.join(separator)}${end}, "mcpServers": {} }`;
        assert.deepEqual(JSON.parse(withoutServer(text) ?? ''), { servers: rest, mcpServers: {} }, text);
      }
  });

  it('keeps a comment that stands before it', () => {
    const text = '{ "servers": {\n  "a": {}, // mine\n  "edge-memory": {}\n} }';
    assert.equal(withoutServer(text), '{ "servers": {\n  "a": {} // mine\n} }');
  });

  it('knows the shape of every client that has a file', () => {
    for (const client of MCP_CLIENTS) {
      const { file, text } = clientConfig(client, serverLaunch('/em', 'linux'), 'linux');
      if (file !== undefined) assert.doesNotMatch(withoutServer(text) ?? text, /edge-memory/, client);
    }
  });

  it('touches nothing where there is no entry, or what is no JSON', () => {
    for (const text of [
      '',
      '{}',
      '{"mcpServers":{"other":{}}}',
      '{"edge-memory":1}',
      '{"mcpServers":{"edge-memory":',
      '# x',
    ])
      assert.equal(withoutServer(text), undefined, text);
  });
});
