import { CloudFormationClient, DescribeStacksCommand, type Output } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { OperatorError, reasonOf } from '../operator-error.ts';
import { awsSettings } from './aws-settings.ts';
import { flagsFor } from './relay-command.ts';
import type { RelayAddress, RelayLocation } from './relay-location.ts';
import { routesSchema } from './routes-schema.ts';

const outputsSchema = z.object({
  Routes: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.issues.push({ code: 'custom', message: 'not JSON', input: text });
        return z.NEVER;
      }
    })
    .pipe(routesSchema),
  DeliveryTableName: z.string(),
  PayloadBucketName: z.string(),
  Version: z.string().optional(),
});

/**
 * Reads a deployed relay's stack outputs, with the credentials and region of the SDK's default chain.
 *
 * @throws OperatorError `RELAY_UNREACHABLE` when there is no such stack, or it is no relay's.
 */
export async function locateStack(address: Extract<RelayAddress, { kind: 'stack' }>): Promise<RelayLocation> {
  const { stackName, region, profile } = address;
  const client = new CloudFormationClient(awsSettings(address));
  try {
    const outputs = outputsSchema.safeParse(await readOutputs(client, stackName));
    if (!outputs.success) {
      const keys = outputs.error.issues.map((issue) => issue.path.join('.')).join(', ');
      throw new OperatorError(
        'RELAY_UNREACHABLE',
        `stack "${stackName}" has no usable output ${keys}: it is not a relay's stack, or its first deployment did not end`,
        outputs.error,
      );
    }
    return {
      description: `stack ${stackName} in ${await client.config.region()}`,
      flags: flagsFor(address),
      stackName,
      routes: outputs.data.Routes,
      deliveryTableName: outputs.data.DeliveryTableName,
      payloadBucketName: outputs.data.PayloadBucketName,
      version: outputs.data.Version,
      access: { kind: 'aws', region, profile },
    };
  } finally {
    client.destroy();
  }
}

async function readOutputs(client: CloudFormationClient, stackName: string): Promise<Record<string, string>> {
  let outputs: readonly Output[];
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    outputs = Stacks?.[0]?.Outputs ?? [];
  } catch (error) {
    throw new OperatorError(
      'RELAY_UNREACHABLE',
      `cannot read stack "${stackName}" (${reasonOf(error)}): check --stack, --region and --profile, or use --local`,
      error,
    );
  }
  return Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']));
}
