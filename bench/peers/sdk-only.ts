import { build } from 'esbuild';
import { projectRoot } from '../../lib/bundle/bundle-options.ts';
import type { FunctionStep } from '../../lib/bundle/function-steps.ts';

const clients = {
  sqs: ['@aws-sdk/client-sqs', 'SQSClient'],
  s3: ['@aws-sdk/client-s3', 'S3Client'],
  secrets: ['@aws-sdk/client-secrets-manager', 'SecretsManagerClient'],
  dynamodb: ['@aws-sdk/client-dynamodb', 'DynamoDBClient'],
  lambda: ['@aws-sdk/client-lambda', 'LambdaClient'],
} as const;

/** The functions whose cold start somebody waits for, or that run each minute. */
export const measuredSteps = ['ingest', 'processor', 'breaker', 'sweeper'] as const satisfies readonly FunctionStep[];

export type MeasuredStep = (typeof measuredSteps)[number];

/** The clients that each function needs for all that it can be asked. */
const needs: Readonly<Record<MeasuredStep, readonly (keyof typeof clients)[]>> = {
  ingest: ['sqs', 'secrets', 's3'],
  processor: ['sqs', 'secrets', 's3', 'dynamodb'],
  breaker: ['sqs', 's3', 'dynamodb', 'lambda'],
  sweeper: ['sqs', 's3'],
};

/** A handler that constructs a function's SDK clients and does nothing, bundled as well as esbuild does it by itself. */
export async function buildSdkOnly(step: MeasuredStep, outfile: string): Promise<void> {
  const used = needs[step].map((need) => clients[need]);
  const contents = [
    ...used.map(([module, client]) => `import { ${client} } from '${module}';`),
    `const clients = [${used.map(([, client]) => `new ${client}({})`).join(', ')}];`,
    'export const handler = async () => clients.length;',
  ].join('\n');
  await build({
    stdin: { contents, resolveDir: projectRoot },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    logLevel: 'error',
  });
}
