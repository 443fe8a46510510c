/**
 * An extension by which no connection of the extension host leaves this machine. It notes in the file of
 * EDGE_MEMORY_CONNECTIONS that it is there, and where others tried to connect to. (VS Code passes NODE_OPTIONS on to no
 * extension host.)
 */
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';

const note = (line: string): void =>
  appendFileSync(process.env['EDGE_MEMORY_CONNECTIONS'] ?? '', `${line}\n`);

const LOCAL = new Set(['localhost', '127.0.0.1', '::1']);

/** Undefined for a Unix socket. `connect` takes its arguments in four forms, or as one array of them. */
function hostOf(args: readonly unknown[]): string | undefined {
  const [first, second] = args.flat();
  if (typeof first === 'object') {
    const { path, host = 'localhost' } = first as { readonly path?: string; readonly host?: string };
    return path === undefined ? host : undefined;
  }
  if (Number.isNaN(Number(first))) return undefined;
  return typeof second === 'string' ? second : 'localhost';
}

type Connect = (this: Socket, ...args: unknown[]) => Socket;

/** Before any other extension: its activation event is `*`. */
export function activate(): void {
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
  note('guarded');
  // So that the tests see that it works.
  fetch('http://guard.test/').catch(() => undefined);
}
