import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { parseJson } from '../../lambdas/contract/parse-json.ts';
import type { InvocationResult, Invoke } from './invocation.ts';
import { serveOnLoopback } from './loopback-server.ts';
import { splitUrl } from './payload-v2.ts';
import { readBody } from './read-body.ts';

/** The Lambda API in this process, as far as the relay's functions call it. */
export interface LambdaApi {
  readonly url: string;
  /** Lets a function be invoked by its name or ARN. */
  createFunction(callable: CallableFunction): void;
  createMapping(mapping: EventSourceMapping): void;
  close(): Promise<void>;
}

export interface CallableFunction {
  readonly name: string;
  readonly arn: string;
  readonly invoke: Invoke<unknown>;
}

export interface MappingSettings {
  readonly enabled: boolean;
  /** `ScalingConfig.MaximumConcurrency`; undefined for no limit. */
  readonly maximumConcurrency: number | undefined;
}

export interface EventSourceMapping {
  /** UUID on AWS. */
  readonly id: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly settings: MappingSettings;
  /** Called with each change, before it is answered. */
  readonly apply: (settings: MappingSettings) => void;
}

/**
 * The smallest stand-in that the relay's functions can work with, because npm has no emulator of Lambda that would run
 * the functions of another process. It answers `GetEventSourceMapping`, `ListEventSourceMappings` of one queue,
 * `UpdateEventSourceMapping` of `Enabled` and `ScalingConfig`, and `Invoke` that waits for the result. A mapping changes at once: it is never
 * `Disabling` or `Updating`, and so never refuses a change because of the one before. Other properties of a mapping,
 * asynchronous invocations, dry runs, qualifiers, log tails, throttling and permissions do not exist; nor does any
 * other call.
 */
export async function emulateLambda(): Promise<LambdaApi> {
  const functions = new Map<string, CallableFunction>();
  const mappings = new Map<string, EventSourceMapping>();
  const { url, close } = await serveOnLoopback((request, response) => {
    answer(request, functions, mappings).then(({ status, headers, body }) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    });
  });
  return {
    url,
    createFunction: (callable) => {
      functions.set(callable.name, callable).set(callable.arn, callable);
    },
    createMapping: (mapping) => {
      mappings.set(mapping.id, mapping);
    },
    close,
  };
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const pathPattern =
  /^\/2015-03-31\/(?<kind>event-source-mappings|functions)(?:\/(?<name>[^/]*))?(?<action>\/invocations)?$/;

async function answer(
  request: IncomingMessage,
  functions: ReadonlyMap<string, CallableFunction>,
  mappings: Map<string, EventSourceMapping>,
): Promise<Answer> {
  const body = await readBody(request);
  if (body.kind !== 'complete') return refusal(400, 'InvalidRequestContentException', 'the request broke off');
  const input = parseJson(Buffer.from(body.bytes).toString('utf8'));
  const { kind, name = '', action = '' } = pathPattern.exec(splitUrl(request.url ?? '').path)?.groups ?? {};
  switch (`${request.method} ${kind}${action}`) {
    case 'GET event-source-mappings':
      return name === '' ? listMappings(request.url ?? '', mappings) : describeMapping(200, mappings.get(name));
    case 'PUT event-source-mappings':
      return updateMapping(mappings.get(name), input, mappings);
    case 'POST functions/invocations':
      return invokeFunction(functions.get(name), input, String(request.headers['x-amz-invocation-type'] ?? ''));
    default:
      return refusal(404, 'UnknownOperationException', `${request.method} ${request.url} is not emulated`);
  }
}

const updateSchema = z.object({
  Enabled: z.boolean().optional(),
  /** Without the number in it, the limit is taken away. */
  ScalingConfig: z.object({ MaximumConcurrency: z.int().min(2).max(1000).optional() }).optional(),
});

function updateMapping(
  mapping: EventSourceMapping | undefined,
  input: unknown,
  mappings: Map<string, EventSourceMapping>,
): Answer {
  if (mapping === undefined) return describeMapping(202, undefined);
  const update = updateSchema.safeParse(input);
  if (!update.success) return refusal(400, 'InvalidParameterValueException', z.prettifyError(update.error));
  const { Enabled: enabled = mapping.settings.enabled, ScalingConfig: scaling } = update.data;
  const { maximumConcurrency: before } = mapping.settings;
  const settings = { enabled, maximumConcurrency: scaling === undefined ? before : scaling.MaximumConcurrency };
  const changed = { ...mapping, settings };
  mappings.set(mapping.id, changed);
  mapping.apply(settings);
  return describeMapping(202, changed);
}

function listMappings(url: string, mappings: ReadonlyMap<string, EventSourceMapping>): Answer {
  const queueArn = new URLSearchParams(splitUrl(url).query).get('EventSourceArn');
  const found = [...mappings.values()].filter((mapping) => mapping.queueArn === queueArn);
  return { status: 200, body: { EventSourceMappings: found.map((mapping) => describedMapping(mapping)) } };
}

function describeMapping(status: number, mapping: EventSourceMapping | undefined): Answer {
  if (mapping === undefined) return refusal(404, 'ResourceNotFoundException', 'there is no such event source mapping');
  return { status, body: describedMapping(mapping) };
}

function describedMapping({ id, queueArn, functionArn, batchSize, settings }: EventSourceMapping): object {
  return {
    UUID: id,
    EventSourceArn: queueArn,
    FunctionArn: functionArn,
    BatchSize: batchSize,
    State: settings.enabled ? 'Enabled' : 'Disabled',
    ScalingConfig: { MaximumConcurrency: settings.maximumConcurrency },
  };
}

async function invokeFunction(
  called: CallableFunction | undefined,
  event: unknown,
  invocationType: string,
): Promise<Answer> {
  if (called === undefined) return refusal(404, 'ResourceNotFoundException', 'there is no such function');
  if (invocationType !== '' && invocationType !== 'RequestResponse') {
    return refusal(400, 'InvalidParameterValueException', `invocation type ${invocationType} is not emulated`);
  }
  const result = await called.invoke(event ?? {});
  if (result.kind === 'returned') return { status: 200, body: result.value ?? null };
  // A function's own failure is no failure of the call.
  return { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: failurePayload(result) };
}

function failurePayload(result: Exclude<InvocationResult, { kind: 'returned' }>): object {
  if (result.kind === 'failed') return { errorType: 'Error', errorMessage: result.error };
  const seconds = (result.afterMs / 1000).toFixed(2);
  return { errorType: 'Sandbox.Timedout', errorMessage: `Error: Task timed out after ${seconds} seconds` };
}

function refusal(status: number, type: string, message: string): Answer {
  return { status, headers: { 'x-amzn-errortype': type }, body: { Type: 'User', Message: message } };
}
