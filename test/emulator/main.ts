/** `node test/emulator/main.ts [--port N] [--latency MS] [--inference MS] [--visibility MS] [--free] [--unlimited]`: runs until it is ended. */
import { parseArgs } from 'node:util';
import { readPermissions } from './auth.ts';
import { startEmulator } from './emulator.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    latency: { type: 'string', default: '0' },
    inference: { type: 'string', default: '0' },
    visibility: { type: 'string', default: '0' },
    free: { type: 'boolean', default: false },
    unlimited: { type: 'boolean', default: false },
  },
});

const emulator = await startEmulator({
  port: Number(values.port),
  plan: values.free ? 'free' : 'paid',
  ...(values.unlimited && { limits: { requestsPerWindow: Infinity, requestsPerSecond: Infinity } }),
  settings: {
    latencyMs: Number(values.latency),
    inferenceMs: Number(values.inference),
    visibilityDelayMs: Number(values.visibility),
  },
});
console.log(`CLOUDFLARE_API_BASE_URL=${emulator.baseUrl}`);
console.log(`CLOUDFLARE_API_TOKEN=${emulator.token}`);
console.log(`READ_ONLY_TOKEN=${emulator.tokens.create({ permissions: readPermissions }).value}`);
const inThreeDays = new Date(Date.now() + 3 * 86_400_000);
console.log(`EXPIRING_TOKEN=${emulator.tokens.create({ expiresOn: inThreeDays }).value}`);
console.log(`CLOUDFLARE_ACCOUNT_ID=${emulator.accountId}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void emulator.close().then(() => process.exit(0)));
}
