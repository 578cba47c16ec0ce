import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsSettings } from '../connection/aws-settings.ts';
import type { RelayAddress } from '../connection/relay-location.ts';
import { naming } from '../operator-error.ts';

type StackAddress = Extract<RelayAddress, { kind: 'stack' }>;

export interface StackState {
  /** CloudFormation's word for it. */
  readonly status: string;
  readonly changedAtMs: number | undefined;
}

/** What can be seen before it is known where the relay is. Rejects with an `OperatorError`. */
export interface StackLooks {
  /** The ARN that the credentials are those of. */
  identity(address: StackAddress): Promise<string>;
  stack(address: StackAddress): Promise<StackState>;
}

export const stackLooks: StackLooks = {
  identity: (address) =>
    naming('find out who you are', async () => {
      const client = new STSClient(settings(address));
      try {
        return (await client.send(new GetCallerIdentityCommand())).Arn ?? 'somebody without an ARN';
      } finally {
        client.destroy();
      }
    }),

  stack: (address) =>
    naming(`read stack "${address.stackName}"`, async () => {
      const client = new CloudFormationClient(settings(address));
      try {
        const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: address.stackName }));
        const { StackStatus = 'unknown', LastUpdatedTime, CreationTime } = Stacks?.[0] ?? {};
        return { status: StackStatus, changedAtMs: (LastUpdatedTime ?? CreationTime)?.getTime() };
      } finally {
        client.destroy();
      }
    }),
};

/** Somebody waits for the whole of it: what does not answer soon does not answer. */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

function settings(address: StackAddress) {
  return { requestHandler, maxAttempts: 2, ...awsSettings(address) };
}
