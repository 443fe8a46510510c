/**
 * How a webview and its host talk: the webview calls methods and the host answers each; the host sends events.
 * A webview's own protocol is one interface of methods and one of events, in a file beside this one.
 */

/** The methods of a protocol: one argument each, which `postMessage` can copy. */
export type Methods<M> = { readonly [Name in keyof M]: (argument: never) => unknown };

export interface Call {
  readonly kind: 'call';
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

/** The webview no longer waits for this call. */
export interface Cancel {
  readonly kind: 'cancel';
  readonly id: number;
}

export type Answer =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | ({ readonly kind: 'error'; readonly id: number } & Failure);

export interface Failure {
  /** For a person to read: what happened and what to do next. */
  readonly message: string;
  /** The code of a `MemoryError`; undefined where the failure was none. */
  readonly code: string | undefined;
  /** What a person can do about it at once: the command is one that the host runs for the asking. */
  readonly action: { readonly title: string; readonly command: string } | undefined;
}

export interface HostEvent {
  readonly kind: 'event';
  readonly event: string;
  readonly detail: unknown;
}

export type ToHost = Call | Cancel;
export type ToWebview = Answer | HostEvent;
