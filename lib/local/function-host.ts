/**
 * The process of one function: loads its bundle and calls the handler for one event at a time, as Lambda's runtime
 * does. Started by function-process.ts with a `HostedFunction` as its argument.
 */
import { pathToFileURL } from 'node:url';
import { describeError } from '../../lambdas/contract/errors.ts';
import { type Command, commandSchema, hostedFunctionSchema, type Report } from './function-protocol.ts';

// Ctrl-C in a terminal reaches every process of the group. The run ends its functions itself, and in its own order.
process.on('SIGINT', () => {});
// The run is gone, perhaps killed: nobody is left to answer to.
process.on('disconnect', () => process.exit());

const hosted = hostedFunctionSchema.parse(JSON.parse(process.argv[2] ?? ''));

try {
  const handler = await loadHandler();
  process.on('message', (message) => {
    invoke(commandSchema.parse(message), handler).then(report);
  });
  report({ kind: 'ready' });
} catch (error) {
  console.error(error);
  // A message that is still being written when the process ends is lost.
  process.send?.({ kind: 'not-loaded', error: describeError(error) } satisfies Report, () => process.exit(1));
}

type Handler = (event: unknown, context: object) => unknown;

async function loadHandler(): Promise<Handler> {
  const module: unknown = await import(pathToFileURL(hosted.modulePath).href);
  const handler: unknown = Object(module)[hosted.exportName];
  if (typeof handler !== 'function') throw new Error(`${hosted.modulePath} exports no function ${hosted.exportName}`);
  return (event, context) => handler(event, context);
}

async function invoke({ requestId, deadlineMs, event }: Command, handler: Handler): Promise<Report> {
  report({ kind: 'started', requestId });
  try {
    const value = await handler(event, {
      awsRequestId: requestId,
      functionName: hosted.name,
      functionVersion: '$LATEST',
      invokedFunctionArn: hosted.arn,
      memoryLimitInMB: String(hosted.memoryMegabytes),
      logGroupName: `/aws/lambda/${hosted.name}`,
      logStreamName: String(process.pid),
      callbackWaitsForEmptyEventLoop: false,
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    });
    return { kind: 'returned', requestId, value };
  } catch (error) {
    return { kind: 'threw', requestId, error: describeError(error) };
  }
}

function report(message: Report): void {
  process.send?.(message);
}
