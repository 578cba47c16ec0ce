/** What came of one invocation of a function. */
export type InvocationResult =
  | { readonly kind: 'returned'; readonly value: unknown }
  /** The handler threw, or its process died. */
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'timed-out'; readonly afterMs: number };

/** Calls a function and waits for its result. Never rejects: every failure is a result. */
export type Invoke<Event> = (event: Event) => Promise<InvocationResult>;

/** Whether to kill a function's process while it has an event in its hands: at once, or after a while. */
export type Crash = boolean | { readonly afterMs: number };

/** Asked as soon as the handler has the event. */
export type DecideCrash = () => Crash;

/** One line for a log; undefined for an invocation that went well. */
export function invocationProblem(result: InvocationResult): string | undefined {
  switch (result.kind) {
    case 'returned':
      return undefined;
    case 'failed':
      return result.error;
    case 'timed-out':
      return `timed out after ${result.afterMs} ms`;
  }
}
