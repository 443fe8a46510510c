/**
 * Preloaded through NODE_OPTIONS: no connection leaves this machine. Each process notes in the file of
 * EDGE_MEMORY_CONNECTIONS that it is guarded, and where it tried to connect to.
 */
import { appendFileSync } from 'node:fs';
import { type NetConnectOpts, Socket } from 'node:net';

const note = (line: string): void =>
  appendFileSync(process.env['EDGE_MEMORY_CONNECTIONS'] ?? '', `${line}\n`);

const LOCAL = new Set(['localhost', '127.0.0.1', '::1']);

/** Undefined for a Unix socket. `connect` takes its arguments in four forms, or as one array of them. */
function hostOf(args: readonly unknown[]): string | undefined {
  const [first, second] = args.flat();
  if (typeof first === 'object') {
    const options = first as NetConnectOpts;
    return 'path' in options ? undefined : (options.host ?? 'localhost');
  }
  if (Number.isNaN(Number(first))) return undefined;
  return typeof second === 'string' ? second : 'localhost';
}

type Connect = (this: Socket, ...args: unknown[]) => Socket;
const connect = Object.getOwnPropertyDescriptor(Socket.prototype, 'connect')?.value as Connect;
Object.assign(Socket.prototype, {
  connect(this: Socket, ...args: unknown[]) {
    const host = hostOf(args);
    if (host === undefined || LOCAL.has(host)) return connect.apply(this, args);
    note(`tried ${host}`);
    process.nextTick(() => this.destroy(Object.assign(new Error('no network'), { code: 'ENETUNREACH' })));
    return this;
  },
});
note(`guarded ${process.argv.join(' ')}`);
