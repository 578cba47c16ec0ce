import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';

const oneOrMany = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([z.array(schema), schema.transform((one) => [one])]);

const policySchema = z.object({
  Properties: z.object({
    Roles: z.tuple([z.object({ Ref: z.string() })]),
    PolicyDocument: z.object({
      Statement: z.array(
        z.object({
          Action: oneOrMany(z.string()),
          Resource: oneOrMany(z.unknown()),
          Condition: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    }),
  }),
});

export interface RoleStatement {
  /** Of the function, less its hash. */
  readonly role: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly condition: Readonly<Record<string, unknown>> | undefined;
}

/** What the roles of a template allow. */
export function statementsOf(template: Template): readonly RoleStatement[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .map((policy) => policySchema.parse(policy).Properties)
    .flatMap(({ Roles: [role], PolicyDocument }) =>
      PolicyDocument.Statement.map(({ Action, Resource, Condition }) => ({
        role: role.Ref.replace(/Role[0-9A-F]{8}$/, ''),
        actions: Action,
        resources: Resource,
        condition: Condition,
      })),
    );
}
