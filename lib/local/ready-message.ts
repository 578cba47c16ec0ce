import type { Emulators } from './emulators.ts';
import type { StackOutputs } from './stack-outputs.ts';

export interface ReadyRoute {
  readonly ingestUrl: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** What requests are signed with; null for a route that accepts unsigned ones. */
  readonly secret: string | null;
  /** Where that is kept; absent where there is none. */
  readonly secretArn?: string;
  /** What deliveries are signed with; null for a route that does not sign them. */
  readonly signingSecret: string | null;
}

/** The first line of `--json` and the answer of `GET /_local/ready`. Scripts outside this repository read it. */
export interface ReadyMessage {
  readonly ready: true;
  readonly routes: Readonly<Record<string, ReadyRoute>>;
  readonly deliveryTableName: string;
  readonly payloadBucketName: string;
  readonly endpoints: {
    readonly sqs: string;
    readonly s3: string;
    readonly dynamodb: string;
    readonly lambda: string;
    readonly secretsManager: string;
  };
}

export function readyMessage(
  outputs: StackOutputs,
  { queuesAndBuckets, tables, secrets, lambda }: Emulators,
): ReadyMessage {
  const secretOf = (arn: string | undefined) => (arn === undefined ? null : (secrets.valueOf(arn) ?? null));
  const routes = Object.entries(outputs.routes).map(
    ([name, { secretArn, signingSecretArn, ...urls }]): [string, ReadyRoute] => [
      name,
      {
        ...urls,
        secret: secretOf(secretArn),
        signingSecret: secretOf(signingSecretArn),
        ...(secretArn === undefined ? {} : { secretArn }),
      },
    ],
  );
  return {
    ready: true,
    routes: Object.fromEntries(routes),
    deliveryTableName: outputs.deliveryTableName,
    payloadBucketName: outputs.payloadBucketName,
    endpoints: {
      sqs: queuesAndBuckets.url,
      s3: queuesAndBuckets.url,
      dynamodb: tables.url,
      lambda: lambda.url,
      secretsManager: secrets.url,
    },
  };
}
