import type * as vscode from 'vscode';

const EMBEDDING_KEY = 'edgeMemory.embeddingKey';

const keyOf = (account: string): string => `edgeMemory.cloudflareToken.${account}`;

/** API tokens in VS Code's SecretStorage, one an account, and nowhere else. */
export class Tokens {
  readonly #secrets: vscode.SecretStorage;
  readonly onDidChange: vscode.Event<vscode.SecretStorageChangeEvent>;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    this.onDidChange = secrets.onDidChange;
  }

  get(account: string): Thenable<string | undefined> {
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
