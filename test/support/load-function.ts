import { jest } from '@jest/globals';
import type { Context, ScheduledEvent } from 'aws-lambda';

export interface FunctionSurroundings {
  readonly variables: Readonly<Record<string, string>>;
  /** URLs of the services that it calls. */
  readonly endpoints: Readonly<Partial<Record<'SQS' | 'S3' | 'DYNAMODB' | 'SECRETS_MANAGER', string>>>;
  /** What Lambda says is left of the function's time, whenever it is asked. */
  readonly remainingMs: number;
}

export interface LoadedFunction<Event, Answer> {
  invoke(event: Event): Promise<Answer>;
  /** What it has written to its log, a line each. */
  readonly lines: readonly string[];
  /** Lets standard output be written to again. */
  stop(): void;
}

/**
 * A function as Lambda runs it, with its real edge, in this process. A handler reads its environment when it is loaded,
 * so it is loaded only once that is set: once in a file, to which Jest gives a copy of its own.
 *
 * @param load imports the handler's module
 */
export async function loadFunction<Event, Answer>(
  load: () => Promise<{ readonly handler: (event: Event, context: Context) => Promise<Answer> }>,
  { variables, endpoints, remainingMs }: FunctionSurroundings,
): Promise<LoadedFunction<Event, Answer>> {
  Object.assign(process.env, variables, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...Object.fromEntries(Object.entries(endpoints).map(([service, url]) => [`AWS_ENDPOINT_URL_${service}`, url])),
  });
  const { handler } = await load();
  const lines: string[] = [];
  const output = jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  const context: Context = {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'function',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:function',
    memoryLimitInMB: '256',
    awsRequestId: 'r',
    logGroupName: 'g',
    logStreamName: 's',
    getRemainingTimeInMillis: () => remainingMs,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
  return { invoke: (event) => handler(event, context), lines, stop: () => output.mockRestore() };
}

/** What EventBridge hands to the target of a schedule. */
export const tick: ScheduledEvent = {
  id: 't',
  version: '0',
  account: '000000000000',
  time: '2026-03-04T10:15:00Z',
  region: 'us-east-1',
  resources: [],
  source: 'aws.events',
  'detail-type': 'Scheduled Event',
  detail: {},
};
