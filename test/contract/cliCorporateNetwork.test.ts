import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type CorporateNetwork, startCorporateNetwork } from '../harness/corporateNetwork.ts';
import { root } from '../harness/paths.ts';
import { mainScript } from '../unit/cli/runCli.ts';
import { temporaryFolder } from '../unit/support/temporaryFolder.ts';
import { useCliOnCloudflare } from './cliFixture.ts';

/** The bundle, as it is installed; the source where nothing was built. */
const bundle = path.join(root, 'dist/cli.js');
const script = existsSync(bundle) ? bundle : mainScript;

describe('edge-memory behind a company’s proxy', function () {
  // Each test starts the command several times.
  this.timeout(180_000);
  const cloud = useCliOnCloudflare();
  const folder = temporaryFolder();
  let network: CorporateNetwork;

  beforeEach(async function () {
    // Certificates are made by openssl.
    if (process.platform !== 'linux') this.skip();
    network = await startCorporateNetwork(cloud.emulator.baseUrl, folder());
  });
  afterEach(() => network.close());

  const run = (args: readonly string[], more: Record<string, string>) =>
    promisify(execFile)(process.execPath, [script, ...args, '--json'], {
      env: {
        ...cloud.home.env,
        ...cloud.environment(cloud.token()),
        CLOUDFLARE_API_BASE_URL: network.baseUrl,
        CLOUDFLARE_MAX_RETRIES: '0',
        ...more,
      },
      cwd: cloud.home.folder,
    });

  it('connects and stores through it, with its password and the authority of NODE_EXTRA_CA_CERTS, and never past it', async () => {
    const variables = { HTTPS_PROXY: network.proxyUrl, NODE_EXTRA_CA_CERTS: network.authority };
    await run(['connect'], variables);
    await run(['store', 'the proxy lets memories through'], variables);
    const rows = await cloud.sql('SELECT content FROM memories');
    assert.deepEqual(
      rows.map((row) => row['content']),
      ['the proxy lets memories through'],
    );
    assert.ok(network.tunnels.opened > 0);
    assert.deepEqual([network.tunnels.refused, network.outside], [0, 0]);
  });

  it('says so where the certificate is not trusted, or the proxy wants another password', async () => {
    const untrusted = { HTTPS_PROXY: network.proxyUrl };
    await assert.rejects(run(['connect'], untrusted), /"message":"[^"]*certificate/i);
    const stranger = network.proxyUrl.replace('ann:', 'bob:');
    const refused = { HTTPS_PROXY: stranger, NODE_EXTRA_CA_CERTS: network.authority };
    await assert.rejects(run(['connect'], refused), /"message":"[^"]*(407|proxy)/i);
    assert.ok(network.tunnels.refused > 0);
    assert.equal(network.outside, 0);
  });
});
