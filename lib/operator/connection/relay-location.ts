import type { RouteConfig } from '../../infra/relay-config.ts';

/** The two queues of one route. */
export interface RouteQueues {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/** One route of a running relay: its queues, and how its sender reaches it and proves itself. */
export interface RouteLocation extends RouteQueues {
  readonly ingestUrl: string;
  readonly secretArn?: string | undefined;
  /** Absent from a stack that an earlier version of the relay deployed. */
  readonly verify?: RouteConfig['verify'] | undefined;
  /** Of the partner event source that it gets the events of; absent where it gets none. */
  readonly eventSourceName?: string | undefined;
}

/** Whether a route has no URL to post to, and gets its events from a bus alone. */
export function takesNoWebhooks({
  verify,
  eventSourceName,
}: Pick<RouteLocation, 'verify' | 'eventSourceName'>): boolean {
  return verify === undefined && eventSourceName !== undefined;
}

/** Everything the operator's commands need to know about one running relay. */
export interface RelayLocation {
  /** For people, as in "the local relay at http://127.0.0.1:3000". */
  readonly description: string;
  /** The options that lead a command to it, as in "--local". */
  readonly flags: string;
  /** The dimension `service` of its metrics. */
  readonly stackName: string;
  /** When a local run began, in epoch ms: it has no figures of before. Undefined for a deployed relay. */
  readonly startedAtMs?: number | undefined;
  readonly routes: ReadonlyMap<string, RouteLocation>;
  /** Of the relay that is deployed; undefined for a local run, and for a stack from before it was told. */
  readonly version?: string | undefined;
  readonly deliveryTableName: string;
  readonly payloadBucketName: string;
  readonly access: RelayAccess;
}

/** How to reach the services: emulators by their endpoints, AWS by the SDK's default chain. */
export type RelayAccess =
  | {
      readonly kind: 'emulators';
      readonly sqs: string;
      readonly s3: string;
      readonly dynamodb: string;
      readonly secretsManager: string;
      readonly lambda: string;
      readonly cloudWatch: string;
    }
  | { readonly kind: 'aws'; readonly region?: string | undefined; readonly profile?: string | undefined };

/** Where the operator says the relay is. */
export type RelayAddress =
  | { readonly kind: 'local'; readonly url: string }
  | {
      readonly kind: 'stack';
      readonly stackName: string;
      readonly region?: string | undefined;
      readonly profile?: string | undefined;
    };
