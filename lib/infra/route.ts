import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { largestBatch, largestMessageBytes } from '../../lambdas/contract/aws-limits.ts';
import type { BreakerRoute, IngestRoute, ProcessorVariables, Verification } from '../../lambdas/contract/env.ts';
import { passedOnSignatureHeader } from '../../lambdas/contract/signature-headers.ts';
import { grantKeyThrough } from './data-key.ts';
import { dataRemovalPolicy } from './data-removal-policy.ts';
import type { DeliveryTable } from './delivery-table.ts';
import { destinationHeaders } from './destination-headers.ts';
import { demandEnvironmentRoom } from './environment-room.ts';
import type { EventBridgeConfig } from './event-bridge-config.ts';
import { grantReadSecret } from './grant-read-secret.ts';
import { NodeFunction } from './node-function.ts';
import { PartnerBusRule } from './partner-bus-rule.ts';
import type { PayloadBucket } from './payload-bucket.ts';
import { processorVariables } from './processor-variables.ts';
import { refuseOtherAccountsOnQueue } from './refuse-other-accounts.ts';
import type { RelayConfig, RouteConfig } from './relay-config.ts';
import { describeSenderSecret, senderVerification } from './sender-verification.ts';
import { SharedSecret } from './shared-secret.ts';
import { deadLetterRetentionSeconds, queueRetentionSeconds, routeTimings } from './timings.ts';

export interface RouteProps extends Pick<RelayConfig, 'dataOnDestroy' | 'tracing'> {
  /** Its name in the URL. */
  readonly name: string;
  readonly config: RouteConfig;
  readonly dataKey: IKey | undefined;
  readonly payloads: PayloadBucket;
  readonly deliveries: DeliveryTable;
}

/**
 * A path from one URL to one destination, with its own queue, dead letter queue and processor, so that a destination
 * that is down holds up nobody else.
 */
export class Route extends Construct {
  readonly name: string;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly processor: NodeFunction;
  readonly processorTimeoutSeconds: number;
  /** The age from which on its oldest event is an alarm, while it is not paused. */
  readonly eventTooOldSeconds: number;
  private readonly source: SqsEventSource;
  /** Of the partner's event source whose events it gets; undefined where it gets none. */
  readonly eventSourceName: string | undefined;
  /** Lets them in; undefined likewise. */
  readonly partnerBus: PartnerBusRule | undefined;
  /** Shared with the sender; undefined for a route that has none, or accepts unsigned requests. */
  readonly secret: Secret | undefined;
  /** Shared with the destination; undefined for a route that does not sign its deliveries. */
  readonly signingSecret: Secret | undefined;
  /** How it knows its sender; undefined for a route that takes no webhooks, and gets the events of a bus only. */
  readonly verify: RouteConfig['verify'];
  private readonly config: RouteConfig;

  constructor(scope: Construct, id: string, props: RouteProps) {
    super(scope, id);
    this.name = props.name;
    this.config = props.config;
    const { verify, eventBridge } = props.config;
    this.eventSourceName = eventBridge?.sourceName;
    this.verify = verify;
    if (isPlaceholder(props.config.deliverTo.url)) {
      const key = `routes.${props.name}.deliverTo.url`;
      Annotations.of(this).addWarningV2(
        'relay:placeholder',
        `${key} is still the placeholder: nothing can be delivered`,
      );
    }
    const removalPolicy = dataRemovalPolicy(props.dataOnDestroy);
    const timings = routeTimings({
      timeoutSeconds: props.config.deliverTo.timeoutSeconds,
      retry: props.config.retry,
      dedupeDays: props.config.dedupeDays,
    });

    const { stackName } = Stack.of(this);
    const sharedSecret = (id: string, description: string) => new SharedSecret(this, id, { ...props, description });
    this.secret =
      verify === undefined || verify.kind === 'none'
        ? undefined
        : sharedSecret('Secret', describeSenderSecret(verify.kind, props.name, stackName));
    this.signingSecret = props.config.deliverTo.sign
      ? sharedSecret(
          'SigningSecret',
          `Signs the deliveries of route ${props.name} of ${stackName}: give it to the destination`,
        )
      : undefined;

    const encrypted =
      props.dataKey === undefined
        ? { encryption: QueueEncryption.SQS_MANAGED }
        : { encryption: QueueEncryption.KMS, encryptionMasterKey: props.dataKey };
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      retentionPeriod: Duration.seconds(deadLetterRetentionSeconds),
      // Set explicitly: queues made before 2025-08 may have kept their old 256 KiB.
      maxMessageSizeBytes: largestMessageBytes,
      enforceSSL: true,
      ...encrypted,
      removalPolicy,
    });
    this.queue = new Queue(this, 'Queue', {
      retentionPeriod: Duration.seconds(queueRetentionSeconds),
      visibilityTimeout: Duration.seconds(timings.visibilityTimeoutSeconds),
      maxMessageSizeBytes: largestMessageBytes,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: timings.maxReceiveCount },
      enforceSSL: true,
      ...encrypted,
      removalPolicy,
    });
    refuseOtherAccountsOnQueue(this.deadLetterQueue, removalPolicy);
    refuseOtherAccountsOnQueue(this.queue, removalPolicy);
    this.partnerBus = eventBridge === undefined ? undefined : this.letIn(eventBridge, props.dataKey);

    this.processorTimeoutSeconds = timings.functionTimeoutSeconds;
    this.eventTooOldSeconds = timings.eventTooOldSeconds;
    this.processor = new NodeFunction(this, 'Processor', {
      step: 'processor',
      dataKey: props.dataKey,
      description: `Delivers the webhooks of route ${props.name}`,
      timeoutSeconds: timings.functionTimeoutSeconds,
      tracing: props.tracing,
    });
    // The breaker switches it and sets its concurrency; a deployment that changes neither leaves both alone.
    this.source = new SqsEventSource(this.queue, {
      batchSize: largestBatch,
      maxConcurrency: props.config.deliverTo.maxConcurrency,
      reportBatchItemFailures: true,
    });
    this.processor.addEventSource(this.source);
    const headers = destinationHeaders(props.config.deliverTo.headers);
    this.grantProcess(this.processor, Object.values(headers.secret));
    props.payloads.grantLoad(this.processor, props.name);
    props.payloads.grantParkTrial(this.processor, props.name);
    props.deliveries.grantDeliver(this.processor, props.name);

    const verification = this.verification();
    const variables = processorVariables({
      route: props.name,
      config: props.config,
      timings,
      headers,
      signatureHeader: verification === undefined ? undefined : passedOnSignatureHeader(verification),
    });
    const counted = {
      ...variables,
      SIGNING_SECRET_ARN: this.signingSecret?.secretArn ?? '',
      STACK_NAME: stackName,
    };
    demandEnvironmentRoom(`route ${props.name}`, counted, 'shorten deliverTo.url or deliverTo.headers');
    for (const [variable, value] of Object.entries(variables)) this.processor.addEnvironment(variable, value);
  }

  /** Permission to accept webhooks for this route, and what the ingest function has to know of it. */
  grantAccept(fn: LambdaFunction): IngestRoute {
    const verify = this.verification();
    if (verify === undefined) throw new Error(`route ${this.name} takes no webhooks`);
    allowSending(this.queue, fn);
    if (this.secret !== undefined) grantReadSecret(this.secret, fn);
    return {
      queueUrl: this.queue.queueUrl,
      verify,
      ...(this.config.allowCidrs === undefined ? {} : { allowCidrs: this.config.allowCidrs }),
      ...(this.config.eventId === undefined ? {} : { eventId: this.config.eventId }),
    };
  }

  /** Permission to pause this route, try its destination and reopen it, and what the breaker has to know of it. */
  grantBreak(fn: LambdaFunction): BreakerRoute {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
        resources: [this.source.eventSourceMappingArn],
      }),
    );
    // `grantInvoke` would add every version and alias.
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.processor.functionArn] }),
    );
    const looks = ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    this.queue.grant(fn, ...looks);
    grantKeyThrough('sqs', this.queue.encryptionMasterKey, fn, 'kms:Decrypt');
    return {
      queueUrl: this.queue.queueUrl,
      mappingId: this.source.eventSourceMappingId,
      processorName: this.processor.functionName,
      maxConcurrency: this.config.deliverTo.maxConcurrency,
    };
  }

  /** Permission to put webhooks on this route's queue that were accepted without it. Returns the queue's URL. */
  grantSweep(fn: LambdaFunction): string {
    allowSending(this.queue, fn);
    return this.queue.queueUrl;
  }

  /** Permission to look at this route's dead letters. Returns the URL of their queue. */
  grantPeek(fn: LambdaFunction): string {
    this.deadLetterQueue.grant(fn, 'sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes');
    grantKeyThrough('sqs', this.deadLetterQueue.encryptionMasterKey, fn, 'kms:Decrypt');
    return this.deadLetterQueue.queueUrl;
  }

  private letIn(config: EventBridgeConfig, dataKey: IKey | undefined): PartnerBusRule {
    const { name: route, queue, deadLetterQueue } = this;
    return new PartnerBusRule(this, 'PartnerBus', { route, config, queue, deadLetterQueue, dataKey });
  }

  /** @param headerSecrets ARNs of secrets that are not the stack's */
  private grantProcess(fn: LambdaFunction, headerSecrets: string[]): void {
    // What reading takes is granted with the event source. A message that has waited long is put on its queue anew.
    allowSending(this.queue, fn);
    fn.addEnvironment('QUEUE_URL' satisfies keyof ProcessorVariables, this.queue.queueUrl);
    allowSending(this.deadLetterQueue, fn);
    fn.addEnvironment('DEAD_LETTER_QUEUE_URL' satisfies keyof ProcessorVariables, this.deadLetterQueue.queueUrl);
    if (headerSecrets.length > 0) {
      fn.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: headerSecrets }));
    }
    if (this.signingSecret === undefined) return;
    grantReadSecret(this.signingSecret, fn);
    fn.addEnvironment('SIGNING_SECRET_ARN' satisfies keyof ProcessorVariables, this.signingSecret.secretArn);
  }

  private verification(): Verification | undefined {
    const { verify } = this.config;
    return verify === undefined ? undefined : senderVerification(verify, this.secret?.secretArn);
  }
}

/** `grantSendMessages` would add what nothing here uses. A sender decrypts, too: SQS lets it use one data key again. */
function allowSending(queue: Queue, fn: LambdaFunction): void {
  queue.grant(fn, 'sqs:SendMessage');
  grantKeyThrough('sqs', queue.encryptionMasterKey, fn, 'kms:GenerateDataKey', 'kms:Decrypt');
}

/** `.invalid` never resolves (RFC 6761), so that a config nobody has edited sends nothing to anybody. */
function isPlaceholder(url: string): boolean {
  return new URL(url).hostname.endsWith('.invalid');
}
