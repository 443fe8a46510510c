import type * as vscode from 'vscode';

const EMBEDDING_KEY = 'edgeMemory.embeddingKey';

const keyOf = (account: string): string => `edgeMemory.cloudflareToken.${account}`;

/**
 * The token that this process was given, as development containers are. Where the account is named beside it, it is for
 * that one alone.
 */
const environmentToken = (account: string): string | undefined => {
  const named = process.env['CLOUDFLARE_ACCOUNT_ID']?.trim() ?? '';
  const token = process.env['CLOUDFLARE_API_TOKEN']?.trim() ?? '';
  return token !== '' && (named === '' || named === account) ? token : undefined;
};

/** API tokens in VS Code's SecretStorage, one an account; nothing else keeps any. */
export class Tokens {
  readonly #secrets: vscode.SecretStorage;
  readonly onDidChange: vscode.Event<vscode.SecretStorageChangeEvent>;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    this.onDidChange = secrets.onDidChange;
  }

  /** To use: the one that is kept, else the one of the environment. */
  async get(account: string): Promise<string | undefined> {
    return (await this.kept(account)) ?? environmentToken(account);
  }

  kept(account: string): Thenable<string | undefined> {
    return this.#secrets.get(keyOf(account));
  }

  set(account: string, token: string): Thenable<void> {
    return this.#secrets.store(keyOf(account), token);
  }

  delete(account: string): Thenable<void> {
    return this.#secrets.delete(keyOf(account));
  }

  /** Of the embedding server; local ones need none. */
  embeddingKey(): Thenable<string | undefined> {
    return this.#secrets.get(EMBEDDING_KEY);
  }

  /** An empty one is forgotten. */
  setEmbeddingKey(key: string): Thenable<void> {
    return key === '' ? this.#secrets.delete(EMBEDDING_KEY) : this.#secrets.store(EMBEDDING_KEY, key);
  }

  isOf(account: string, { key }: vscode.SecretStorageChangeEvent): boolean {
    return key === keyOf(account);
  }
}
