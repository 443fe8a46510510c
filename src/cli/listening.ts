import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MemoryError } from '../memory/errors.ts';

/** Listens on this machine only. Answers the port; 0 asks for any that is free. `option` is what named it. */
export const listen = async (server: Server, port: number, option: string): Promise<number> => {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new MemoryError(
      'invalid-input',
      `Port ${port} can not be listened on (${code ?? 'unknown'}): another program may use it.`,
      `Name another one with ${option}, or 0 for any that is free.`,
      { cause: error },
    );
  }
  return (server.address() as AddressInfo).port;
};
