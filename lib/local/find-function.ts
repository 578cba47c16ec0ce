import { join } from 'node:path';
import * as z from 'zod';
import { type NamedTemplate, parseResolved } from './resolved-resources.ts';
import { TemplateError } from './template-error.ts';

/** A function as its processes need it. */
export interface FunctionPlan {
  readonly name: string;
  readonly arn: string;
  /** The bundled module, and the export in it. */
  readonly modulePath: string;
  readonly exportName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

const functionSchema = z.object({
  Handler: z.string().regex(/^\w+\.\w+$/),
  /** CloudFormation's default. */
  Timeout: z.number().default(3),
  /** CloudFormation's default. */
  MemorySize: z.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).default({ Variables: {} }),
});

/** Finds functions by name or ARN, each as one and the same object, so that a function has one pool of processes. */
export function functionFinder(named: NamedTemplate, assemblyFolder: string): (nameOrArn: string) => FunctionPlan {
  const { scope, template } = named;
  const found = new Map<string, FunctionPlan>();
  const logicalIds = new Map<string, string>();
  for (const [logicalId, { Type }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    logicalIds.set(String(scope.ref(logicalId)), logicalId);
    logicalIds.set(scope.attribute(logicalId, 'Arn'), logicalId);
  }
  return (nameOrArn) => {
    const logicalId = logicalIds.get(nameOrArn);
    if (logicalId === undefined) throw new TemplateError(`the template has no function ${nameOrArn}`);
    const plan = found.get(logicalId) ?? planFunction(named, logicalId, assemblyFolder);
    found.set(logicalId, plan);
    return plan;
  };
}

function planFunction({ template, scope }: NamedTemplate, logicalId: string, assemblyFolder: string): FunctionPlan {
  const resource = template.Resources[logicalId];
  const properties = parseResolved(resource?.Properties, scope, functionSchema, `function ${logicalId}`);
  const asset = resource?.Metadata['aws:asset:path'];
  if (typeof asset !== 'string') throw new TemplateError(`function ${logicalId} has no aws:asset:path in its metadata`);
  const [moduleName = '', exportName = ''] = properties.Handler.split('.');
  return {
    name: String(scope.ref(logicalId)),
    arn: scope.attribute(logicalId, 'Arn'),
    modulePath: join(assemblyFolder, asset, `${moduleName}.mjs`),
    exportName,
    environment: properties.Environment.Variables,
    timeoutSeconds: properties.Timeout,
    memoryMegabytes: properties.MemorySize,
  };
}
