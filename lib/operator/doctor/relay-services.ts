import { type CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { type LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { spillPrefix } from '../../../lambdas/contract/parked-message.ts';
import { queueArnOf } from '../connection/queue-arn.ts';
import type { RelayLocation } from '../connection/relay-location.ts';
import { naming } from '../operator-error.ts';

/** What the doctor looks at beside queues, breakers, secrets and metrics. Rejects with an `OperatorError`. */
export interface RelayServices {
  /** Whether the processor gets what is on a queue: the state of its event source mapping; undefined when there is none. */
  mappingStateOf(queueUrl: string): Promise<string | undefined>;
  /** Webhooks that lie in the bucket because SQS did not take them; at most 1,000 are counted. */
  countSpilled(): Promise<number>;
  /** The names of the relay's alarms that are in ALARM, and how many there are in all. */
  alarms(): Promise<{ readonly total: number; readonly inAlarm: readonly string[] }>;
}

export interface ServiceClients {
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly cloudWatch: CloudWatchClient;
}

export function relayServices({ sqs, s3, lambda, cloudWatch }: ServiceClients, location: RelayLocation): RelayServices {
  return {
    mappingStateOf: (queueUrl) =>
      naming(`read the event source mapping of ${queueUrl}`, async () => {
        const EventSourceArn = await queueArnOf(queueUrl, sqs);
        const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn }));
        return EventSourceMappings?.[0]?.State;
      }),
    countSpilled: () =>
      naming(`list ${spillPrefix} of bucket ${location.payloadBucketName}`, async () => {
        const { KeyCount = 0 } = await s3.send(
          new ListObjectsV2Command({ Bucket: location.payloadBucketName, Prefix: spillPrefix }),
        );
        return KeyCount;
      }),
    alarms: () =>
      naming('read the alarms of the relay', async () => {
        const inAlarm: string[] = [];
        let total = 0;
        // An alarm's name is its construct path, which begins with the stack's name.
        const AlarmNamePrefix = `${location.stackName}/`;
        const AlarmTypes = ['MetricAlarm', 'CompositeAlarm'] as const;
        const pages = paginateDescribeAlarms({ client: cloudWatch }, { AlarmNamePrefix, AlarmTypes: [...AlarmTypes] });
        for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
          for (const { AlarmName = '', StateValue } of [...MetricAlarms, ...CompositeAlarms]) {
            total += 1;
            if (StateValue === 'ALARM') inAlarm.push(AlarmName);
          }
        }
        return { total, inAlarm };
      }),
  };
}
