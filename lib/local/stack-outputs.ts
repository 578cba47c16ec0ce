import * as z from 'zod';
import { verifySchema } from '../infra/verify-config.ts';
import { type NamedTemplate, parseResolved } from './resolved-resources.ts';

const routesSchema = z.record(
  z.string(),
  z.object({
    ingestUrl: z.string(),
    queueUrl: z.string(),
    deadLetterQueueUrl: z.string(),
    secretArn: z.string().optional(),
    verify: verifySchema.optional(),
    signingSecretArn: z.string().optional(),
    eventSourceName: z.string().optional(),
  }),
);

const outputsSchema = z.object({
  Routes: z
    .object({ Value: z.string() })
    .transform(({ Value }): unknown => JSON.parse(Value))
    .pipe(routesSchema),
  PayloadBucketName: z.object({ Value: z.string() }),
  DeliveryTableName: z.object({ Value: z.string() }),
});

/** What the stack tells about itself. */
export interface StackOutputs {
  readonly routes: z.output<typeof routesSchema>;
  readonly payloadBucketName: string;
  readonly deliveryTableName: string;
}

/** @throws TemplateError when an output of the contract is missing */
export function readOutputs({ template, scope }: NamedTemplate): StackOutputs {
  const outputs = parseResolved(template.Outputs, scope, outputsSchema, 'the outputs of the stack');
  return {
    routes: outputs.Routes,
    payloadBucketName: outputs.PayloadBucketName.Value,
    deliveryTableName: outputs.DeliveryTableName.Value,
  };
}
