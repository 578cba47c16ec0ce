import type { QueueMessage } from './ports.ts';

/** Where something is in a trace of AWS X-Ray. */
export interface Trace {
  /** `1-`, 8 hexadecimal digits for the second in which it began, `-` and 24 more. */
  readonly root: string;
  /** Of what came before: 16 hexadecimal digits. */
  readonly parent: string;
  readonly sampled: boolean;
}

/**
 * Reads a tracing header, such as `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`. Lambda
 * has one for each invocation, and SQS carries it as the system attribute `AWSTraceHeader`.
 *
 * @returns undefined for none, and for one that nothing can be linked to
 */
export function parseTraceHeader(header: string | undefined): Trace | undefined {
  const fields = new Map(header?.split(';').map((field) => splitAtFirst(field.trim(), '=')));
  const [root = '', parent = '', sampled = ''] = ['Root', 'Parent', 'Sampled'].map((name) => fields.get(name));
  const isTrace = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(root) && /^[0-9a-f]{16}$/.test(parent) && /^[01]$/.test(sampled);
  return isTrace ? { root, parent, sampled: sampled === '1' } : undefined;
}

/** A header without what else it may hold, since a queue does not carry just any text; undefined for one that says nothing. */
export function cleanTraceHeader(header: string | undefined): string | undefined {
  const trace = parseTraceHeader(header);
  return trace === undefined ? undefined : writeTraceHeader(trace);
}

/** In X-Ray's own spelling. */
export function writeTraceHeader({ root, parent, sampled }: Trace): string {
  return `Root=${root};Parent=${parent};Sampled=${sampled ? 1 : 0}`;
}

/** In the spelling of W3C Trace Context, as OpenTelemetry translates it: the same digits without the dashes. */
export function writeTraceParent({ root, parent, sampled }: Trace): string {
  return `00-${root.slice(2).replace('-', '')}-${parent}-0${sampled ? 1 : 0}`;
}

/** The trace of a message, for another one that takes its place. */
export function traceOf({ traceHeader }: Pick<QueueMessage, 'traceHeader'>): Pick<QueueMessage, 'traceHeader'> {
  return traceHeader === undefined ? {} : { traceHeader };
}

function splitAtFirst(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
