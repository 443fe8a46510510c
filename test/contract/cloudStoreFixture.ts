import assert from 'node:assert/strict';
import { CloudflareClient, type CloudflareClientOptions } from '../../src/cloudflare/client.ts';
import { createNodeFetch, type NodeFetch } from '../../src/cloudflare/nodeFetch.ts';
import type { CloudStore } from '../../src/cloudflare/cloudStore.ts';
import { openCloudStore, type CloudStoreOptions } from '../../src/cloudflare/openCloudStore.ts';
import type { Memory, NewMemory, SearchQuery } from '../../src/memory/memory.ts';
import { startEmulator, type Emulator } from '../emulator/emulator.ts';
import type { EmulatorOptions } from '../emulator/options.ts';
import { createDatabase, get, ndjson, rowsOf } from './emulatorRequests.ts';
import { McpMemoryService } from './mcpMemoryService.ts';

/** `/d1/database/<uuid>`, `/vectorize/v2/indexes/<name>`, `/r2/buckets/<name>`: paths after the account. */
export interface Resources {
  readonly database: string;
  readonly index: string;
  readonly bucket: string;
}

export interface Opening extends Partial<Omit<CloudStoreOptions, 'client' | 'config'>> {
  readonly config?: Partial<CloudStoreOptions['config']>;
  readonly client?: Partial<CloudflareClientOptions>;
}

const lastPart = (path: string): string => path.split('/').at(-1) ?? '';

/** Cloud stores on one emulator, with its request limits lifted; each test of the suite gets resources of its own. */
export class CloudFixture {
  readonly log: string[] = [];
  #emulator: Emulator | undefined;
  #network: NodeFetch | undefined;
  #resources: Resources | undefined;
  #stores: CloudStore[] = [];
  #made = 0;

  get emulator(): Emulator {
    return this.#emulator ?? assert.fail('the emulator does not run yet');
  }

  get resources(): Resources {
    return this.#resources ?? assert.fail('there are no resources yet');
  }

  async start(options: EmulatorOptions): Promise<void> {
    const limits = { requestsPerWindow: Infinity, requestsPerSecond: Infinity, ...options.limits };
    this.#emulator = await startEmulator({ ...options, limits });
    this.#network = createNodeFetch();
  }

  /** A new database, index and bucket. */
  async renew(): Promise<void> {
    const name = `memory-${++this.#made}`;
    const config = { dimensions: 768, metric: 'cosine' };
    const [database] = await Promise.all([
      createDatabase(this.emulator, name),
      get(this.emulator, 'POST', '/vectorize/v2/indexes', { name, config }),
      get(this.emulator, 'POST', '/r2/buckets', { name }),
    ]);
    this.#resources = { database, index: `/vectorize/v2/indexes/${name}`, bucket: `/r2/buckets/${name}` };
  }

  clientWith(options: Partial<CloudflareClientOptions> = {}): CloudflareClient {
    const note = (line: string): void => void this.log.push(line);
    return new CloudflareClient({
      fetch: this.#network?.fetch ?? assert.fail(),
      token: () => this.emulator.token,
      baseUrl: this.emulator.baseUrl,
      baseDelay: 0.001,
      log: { debug: note, warn: note },
      ...options,
    });
  }

  async open({ client, config, ...options }: Opening = {}): Promise<CloudStore> {
    const note = (line: string): void => void this.log.push(line);
    const { database, index, bucket } = this.resources;
    const store = await openCloudStore({
      client: this.clientWith(client),
      config: {
        account: this.emulator.accountId,
        database: lastPart(database),
        index: lastPart(index),
        bucket: lastPart(bucket),
        ...config,
      },
      log: { debug: note, warn: note },
      ...options,
    });
    this.#stores.push(store);
    return store;
  }

  /** mcp-memory-service on the same resources. */
  get service(): McpMemoryService {
    return new McpMemoryService(this.emulator, this.resources);
  }

  sql(text: string, ...params: unknown[]): ReturnType<typeof rowsOf> {
    return rowsOf(this.emulator, this.resources.database, text, ...params);
  }

  /** Ids in an index; none where there is no such index. */
  async vectorIds(index = this.resources.index): Promise<string[]> {
    const indexes = await get<{ name: string }[]>(this.emulator, 'GET', '/vectorize/v2/indexes');
    if (!indexes.some(({ name }) => name === lastPart(index))) return [];
    const ids: string[] = [];
    for (let cursor: string | null | undefined; ;) {
      const query = new URLSearchParams({ count: '1000', ...(cursor && { cursor }) }).toString();
      const page: { vectors: { id: string }[]; nextCursor?: string | null } = await get(
        this.emulator,
        'GET',
        `${index}/list?${query}`,
      );
      ids.push(...page.vectors.map(({ id }) => id));
      cursor = page.nextCursor;
      if (!cursor) return ids.sort();
    }
  }

  chunkIds(): Promise<string[]> {
    return this.vectorIds(`${this.resources.index}-chunks`);
  }

  /** Writes vectors as another program does; one JSON object a line. */
  async upsert(index: string, vectors: string): Promise<void> {
    await get(this.emulator, 'POST', `${index}/upsert`, vectors, ndjson);
  }

  async objectKeys(): Promise<string[]> {
    const objects = await get<{ key: string }[]>(this.emulator, 'GET', `${this.resources.bucket}/objects`);
    return objects.map(({ key }) => key).sort();
  }

  async closeStores(): Promise<void> {
    for (const store of this.#stores) await store.close();
    this.#stores = [];
  }

  async stop(): Promise<void> {
    await this.closeStores();
    await this.#network?.close();
    await this.#emulator?.close();
  }
}

/** One emulator for the tests of the surrounding `describe`, for each test new resources (or, `shared`, for all the same). */
export const useCloud = (options: EmulatorOptions & { readonly shared?: boolean } = {}): CloudFixture => {
  const fixture = new CloudFixture();
  before(() => fixture.start(options));
  (options.shared ? before : beforeEach)(() => fixture.renew());
  afterEach(() => fixture.emulator.faults.clear());
  (options.shared ? after : afterEach)(() => fixture.closeStores());
  after(() => fixture.stop());
  return fixture;
};

export const storedIn = async (store: CloudStore, memory: NewMemory): Promise<Memory> => {
  const { contentHash } = await store.store(memory);
  const [stored] = await store.get([contentHash]);
  return stored ?? assert.fail('what was stored is not there');
};

/** Contents of the hits, best first. */
export const foundIn = async (store: CloudStore, query: SearchQuery): Promise<string[]> =>
  (await store.search(query)).hits.map(({ memory }) => memory.content);

/** Text of so many characters that mean next to nothing, `about` in its beginning, middle and end. */
export const longText = (
  characters: number,
  about: { start: string; middle?: string; end: string },
): string => {
  const filler = 'and so it was as it is, and so it will be\n';
  const half = filler.repeat(Math.ceil(characters / 2 / filler.length)).slice(0, characters / 2);
  return `${about.start}\n${half}\n${about.middle ?? ''}\n${half}\n${about.end}`;
};
