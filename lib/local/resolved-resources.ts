import * as z from 'zod';
import { type IntrinsicScope, resolveIntrinsics } from './resolve-intrinsics.ts';
import { resourcesOfType, type Template } from './template.ts';
import { TemplateError } from './template-error.ts';

/** A property that would change what a resource does, and that the local run does not imitate. */
export const notImitated = z.never({ error: 'the local run does not imitate this' }).optional();

/** A template together with what its names stand for. */
export interface NamedTemplate {
  readonly template: Template;
  readonly scope: IntrinsicScope;
}

/**
 * The resources of one type with their properties resolved and parsed.
 *
 * @throws TemplateError naming the resource and property that the local run cannot use
 */
export function resolvedResources<Schema extends z.ZodType>(
  { template, scope }: NamedTemplate,
  type: string,
  schema: Schema,
): { logicalId: string; properties: z.output<Schema> }[] {
  return resourcesOfType(template, type).map(([logicalId, resource]) => ({
    logicalId,
    properties: parseResolved(resource.Properties, scope, schema, `${type} ${logicalId}`),
  }));
}

/** @throws TemplateError naming `what` and the part of it that does not fit */
export function parseResolved<Schema extends z.ZodType>(
  value: unknown,
  scope: IntrinsicScope,
  schema: Schema,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(resolveIntrinsics(value, scope));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new TemplateError(`the local run cannot use ${what}: ${problems.join('; ')}`);
}
