import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TemplateError } from './template-error.ts';

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Metadata: z.record(z.string(), z.unknown()).default({}),
});

const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).default({}),
});

/** A CloudFormation template as far as the local run reads it. Properties still hold intrinsic functions. */
export type Template = z.output<typeof templateSchema>;
export type Resource = z.output<typeof resourceSchema>;

/** @throws TemplateError when it is not a template */
export function parseTemplate(input: unknown): Template {
  const parsed = templateSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new TemplateError(`not a CloudFormation template: ${z.prettifyError(parsed.error)}`);
}

/** The template of a stack in a cloud assembly. */
export async function readTemplate(assemblyFolder: string, stackName: string): Promise<Template> {
  const text = await readFile(join(assemblyFolder, `${stackName}.template.json`), 'utf8');
  return parseTemplate(JSON.parse(text));
}

/** All resources of one type, by logical id. */
export function resourcesOfType(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}
