import { devNull } from 'node:os';
import type { FunctionPlan } from './find-function.ts';
import { localCredentials, relayAppId } from './local-client.ts';
import { localRegion } from './name-resources.ts';

export interface EmulatorUrls {
  readonly sqs: string;
  readonly s3: string;
  readonly dynamodb: string;
  readonly secretsManager: string;
  readonly lambda: string;
}

/**
 * The whole environment of a function: that of the template, and what sends the AWS SDK to the emulators. Nothing of
 * the developer's own environment gets in, or a profile or a proxy could send a call to AWS after all.
 *
 * @param extra wins over everything else
 */
export function functionEnvironment(
  plan: FunctionPlan,
  urls: EmulatorUrls,
  extra: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...plan.environment,
    AWS_REGION: localRegion,
    AWS_DEFAULT_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_SQS: urls.sqs,
    AWS_ENDPOINT_URL_S3: urls.s3,
    AWS_ENDPOINT_URL_DYNAMODB: urls.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: urls.secretsManager,
    AWS_ENDPOINT_URL_LAMBDA: urls.lambda,
    AWS_SDK_UA_APP_ID: relayAppId,
    AWS_LAMBDA_FUNCTION_NAME: plan.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(plan.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    TZ: 'UTC',
    ...extra,
  };
}
