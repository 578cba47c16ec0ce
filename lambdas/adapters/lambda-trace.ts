import { cleanTraceHeader } from '../contract/trace-header.ts';

/** The header of the trace that Lambda has this invocation in, for what is sent on; undefined when there is none. */
export function lambdaTraceHeader(): string | undefined {
  // Lambda sets it anew for each invocation.
  return cleanTraceHeader(process.env._X_AMZN_TRACE_ID);
}
