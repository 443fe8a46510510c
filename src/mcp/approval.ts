import type { Proposal } from './proposal.ts';

/** Asks the person; only a host with a window, or a client that puts questions, can. */
export interface Approval {
  /** Whether an agent may store all of these memories. */
  stores(proposals: readonly Proposal[], client: string, signal?: AbortSignal): Promise<boolean>;
  /** Whether an agent may change a memory so. */
  changes(proposal: Proposal, client: string, signal?: AbortSignal): Promise<boolean>;
  /** Whether an agent may store what looks like credentials; `found` says where, and masks them. */
  credentials(found: readonly string[], client: string, signal?: AbortSignal): Promise<boolean>;
}
