import assert from 'node:assert/strict';
import { USUAL_NAMES } from '../../src/cloudflare/provision.ts';
import type { EmulatorProcess } from '../harness/emulatorProcess.ts';
import { run } from './access.ts';

/** What Copy Diagnostics says while this account is connected, and the log that it ends with. */
export async function tellsOfCloudflare(emulator: EmulatorProcess): Promise<void> {
  const text = await run<string>('copyDiagnostics');
  for (const line of [
    '- Backend: Cloudflare',
    `- D1 database: ${USUAL_NAMES.database}`,
    `- Vectorize index: ${USUAL_NAMES.index}`,
    `- R2 bucket: ${USUAL_NAMES.bucket}`,
    '- Model: @cf/baai/bge-base-en-v1.5',
    '- Memories: 2 (',
    '- Health of the access: valid (',
    '- Health of the database: 2 memories, 0 pending, ',
    '- Health of the bucket: 0 large contents (',
    '- Health of the model: @cf/baai/bge-base-en-v1.5:mean, 768 dimensions (',
  ])
    assert.ok(text.includes(line), `${line} in\n${text}`);
  assert.match(text, /- Health of the index: .* vectors and 0 of chunks, 768 dimensions, cosine/);
  const [, log = ''] = text.split('### Log');
  for (const hidden of [emulator.token, emulator.accountId, 'Emulated Account'])
    assert.ok(!text.includes(hidden), hidden);
  assert.match(
    log,
    /Storage backend: cloudflare\n.*D1 database: mcp-memory-db .*, schema ready\n.*Vectorize index: mcp-memory-index, 768 dimensions, cosine\n.*R2 bucket: mcp-memory-content\n.*Successfully initialized, with the embedding model @cf\/baai\/bge-base-en-v1\.5:mean\n/,
    'what the first use says',
  );
}
