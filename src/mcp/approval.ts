/** Asks the person; only a host with a window can. */
export interface Approval {
  /** Whether an agent may store these texts. */
  stores(contents: readonly string[], client: string, signal?: AbortSignal): Promise<boolean>;
  /** Whether an agent may store what looks like credentials; `found` says where, and masks them. */
  credentials(found: readonly string[], client: string, signal?: AbortSignal): Promise<boolean>;
}
