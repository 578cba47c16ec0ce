import { callLimits, longestCallMs } from './call-limits.ts';

/** What a command is sent with: the SDK client's `send` takes it as its second argument. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
  /** Of one try, its connection included. */
  readonly requestTimeout?: number;
}

/**
 * Makes a call to AWS that is over in time, whatever the other side does.
 *
 * The client's own limits do not promise that: they end with an answer's headers, and what the client waits for between
 * two tries can be what a struggling service asks for. So the promise does not depend on the client minding the signal.
 *
 * @param withinMs whole milliseconds from now, tries and pauses together; each try gets its share of them, so that one
 *   that hangs does not use up what a second connection could have done. Default: {@link longestCallMs}, and tries as in
 *   `call-limits.ts`
 * @throws what `call` throws, or a `TimeoutError`: the call may have had its effect all the same
 */
export async function callWithin<Result>(
  withinMs: number | undefined,
  call: (options: CallOptions) => Promise<Result>,
): Promise<Result> {
  const deadline = new AbortController();
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  // `AbortSignal.timeout` would keep its timer for seconds after a call that took milliseconds.
  const timer = setTimeout(() => {
    const reason = new DOMException('The call to AWS took too long', 'TimeoutError');
    deadline.abort(reason);
    reject(reason);
  }, withinMs ?? longestCallMs);
  try {
    return await Promise.race([call({ abortSignal: deadline.signal, ...limitOfTry(withinMs) }), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

/** To the client's handler, 0 would mean for ever. */
function limitOfTry(withinMs: number | undefined): Pick<CallOptions, 'requestTimeout'> {
  if (withinMs === undefined) return {};
  return { requestTimeout: Math.max(1, Math.floor(withinMs / callLimits.maxAttempts)) };
}
