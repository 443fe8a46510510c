import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readVariables } from '../../../src/cli/variables.ts';
import { MemoryError } from '../../../src/memory/errors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('the variables of a file', () => {
  const inFolder = temporaryFolder();
  const write = (name: string, ...lines: string[]): void =>
    writeFileSync(inFolder(name), `${lines.join('\n')}\n`);
  const read = (environment: Record<string, string>, envFile?: string) =>
    readVariables(environment, { envFile, folder: inFolder() });

  it('come from .env where no file is named, with quotes and comments as usual', () => {
    write('.env', '# the guide’s', 'CLOUDFLARE_D1_DATABASE_ID="a-b" # mine', 'export LOG_LEVEL=INFO');
    const { values, dotEnv } = read({});
    assert.deepEqual(values, { CLOUDFLARE_D1_DATABASE_ID: 'a-b', LOG_LEVEL: 'INFO' });
    assert.deepEqual(dotEnv, { file: inFolder('.env'), names: new Set(Object.keys(values)) });
  });

  it('stand below the environment', () => {
    write('.env', 'CLOUDFLARE_API_TOKEN=file', 'CLOUDFLARE_ACCOUNT_ID=file');
    write('named', 'CLOUDFLARE_API_TOKEN=named', 'CLOUDFLARE_ACCOUNT_ID=named');
    const environment = { CLOUDFLARE_API_TOKEN: 'environment' };
    assert.deepEqual(read(environment).values, { ...environment, CLOUDFLARE_ACCOUNT_ID: 'file' });
    assert.deepEqual(read(environment, 'named').values, { ...environment, CLOUDFLARE_ACCOUNT_ID: 'named' });
  });

  it('are those of mcp-memory-service’s guides and no others', () => {
    write('.env', 'EDGE_MEMORY_DATABASE=/elsewhere', 'HTTPS_PROXY=http://elsewhere', 'PATH=/elsewhere');
    assert.deepEqual(read({}), { values: {}, dotEnv: undefined });
  });

  it('may be absent, or a folder; a file that is named may not', () => {
    assert.deepEqual(read({}).values, {});
    mkdirSync(inFolder('.env'));
    assert.deepEqual(read({}).values, {});
    assert.throws(
      () => read({}, 'absent'),
      (error) => MemoryError.is(error, 'invalid-input'),
    );
  });

  describe('lead the API’s address elsewhere', () => {
    const address = 'CLOUDFLARE_API_BASE_URL=https://elsewhere.example';
    const backend = 'MCP_MEMORY_STORAGE_BACKEND=cloudflare';
    const addressIn = (environment: Record<string, string>, envFile?: string) =>
      read(environment, envFile).values['CLOUDFLARE_API_BASE_URL'];

    it('as part of a whole setup, or where a person named the file', () => {
      write('.env', address, backend, 'CLOUDFLARE_API_TOKEN=theirs');
      assert.equal(addressIn({}), 'https://elsewhere.example');
      write('named', address);
      assert.equal(addressIn({ CLOUDFLARE_API_TOKEN: 'mine' }, 'named'), 'https://elsewhere.example');
    });

    it('but not for a token of the environment, nor for a store that the environment chose', () => {
      write('.env', address, backend, 'CLOUDFLARE_API_TOKEN=theirs');
      assert.equal(addressIn({ CLOUDFLARE_API_TOKEN: 'mine' }), undefined);
      assert.equal(addressIn({ MCP_MEMORY_STORAGE_BACKEND: 'cloudflare' }), undefined);
      write('.env', address, 'CLOUDFLARE_API_TOKEN=theirs');
      assert.equal(addressIn({}), undefined);
    });
  });
});
