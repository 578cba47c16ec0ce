import * as z from 'zod';
import { routeSchema } from '../operator/connection/routes-schema.ts';
import { type NamedTemplate, parseResolved } from './resolved-resources.ts';

const routesSchema = z.record(z.string(), routeSchema.extend({ signingSecretArn: z.string().optional() }));

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
