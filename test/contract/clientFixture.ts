import assert from 'node:assert/strict';
import { CloudflareClient, type CloudflareClientOptions } from '../../src/cloudflare/client.ts';
import { createNodeFetch, type NodeFetch } from '../../src/cloudflare/nodeFetch.ts';
import { MemoryError, type MemoryErrorCode } from '../../src/memory/errors.ts';
import { startEmulator, type Emulator } from '../emulator/emulator.ts';
import type { EmulatorOptions } from '../emulator/options.ts';

/** An emulator and a client of it, for the tests of one `describe`. */
export class ClientFixture {
  readonly log: string[] = [];
  #emulator: Emulator | undefined;
  #node: NodeFetch | undefined;

  get emulator(): Emulator {
    return this.#emulator ?? assert.fail('the emulator does not run yet');
  }

  get account(): string {
    return this.emulator.accountId;
  }

  /** What the classes of `src/cloudflare` take. */
  get place(): { client: CloudflareClient; account: string } {
    return { client: this.clientWith(this.emulator.token), account: this.account };
  }

  clientWith(token: string, options: Partial<CloudflareClientOptions> = {}): CloudflareClient {
    const note = (line: string): void => void this.log.push(line);
    return new CloudflareClient({
      fetch: this.#node?.fetch ?? assert.fail(),
      token: () => token,
      baseUrl: this.emulator.baseUrl,
      baseDelay: 0.001,
      log: { debug: note, warn: note },
      ...options,
    });
  }

  /** How many requests the action sent. */
  async requests(action: () => Promise<unknown>): Promise<number> {
    return (await this.emulator.log.during(action)).requests;
  }

  async start(options: EmulatorOptions): Promise<void> {
    this.#emulator = await startEmulator(options);
    this.#node = createNodeFetch();
  }

  async stop(): Promise<void> {
    await this.#node?.close();
    await this.#emulator?.close();
  }
}

/** Starts a fixture before the tests of the surrounding `describe`, and ends it after them. */
export const useClient = (options: EmulatorOptions = {}): ClientFixture => {
  const fixture = new ClientFixture();
  before(() => fixture.start(options));
  after(() => fixture.stop());
  afterEach(() => fixture.emulator.faults.clear());
  return fixture;
};

/** The message with the next step has to match. */
export const rejectsWith = (answer: Promise<unknown>, code: MemoryErrorCode, text: RegExp): Promise<void> =>
  assert.rejects(answer, (error) => {
    assert.ok(MemoryError.is(error, code), `${String(error)} is no ${code}`);
    assert.match(`${error.message} ${error.nextStep}`, text);
    return true;
  });
