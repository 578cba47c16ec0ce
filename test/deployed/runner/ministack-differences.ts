import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/*
 * Where MiniStack differs from AWS, as far as it matters here, and what is done about it:
 *
 * - Its CloudFormation refuses an alarm over an expression. Below, such an alarm watches the first of its metrics.
 * - A generated secret has punctuation in it although it is to have none. Below, each of those characters is named.
 * - `Ref` of a secret is its name, and not its ARN: every call takes either.
 * - An endpoint's host is `ID.execute-api.127.0.0.1`, which WHATWG does not take for a host: requests go to MiniStack
 *   with it in their Host header (see support/post-webhook.ts).
 * - The custom resource that empties a bucket before it is deleted never answers: the data is retained, as in a
 *   default config, and is gone with MiniStack's memory.
 * - A function whose configuration is changed dies in the middle of a request, which is answered 502; Lambda lets it
 *   end. Senders of the tests repeat a 5xx, as Genesys does.
 * - Nobody checks permissions, nor the policies of queues and buckets: test/infra does, on the template.
 * - An alarm watches its metric whatever the dimensions: one of another route raises it as well. The tests see each of
 *   them go to ALARM, and none stay OK; test/infra checks the dimensions.
 * - It takes events from nobody whose source begins with `aws.`, and a partner's event source has no way to put any on
 *   its bus. Below, the rule on such a bus waits for another source, and gives each event the right one on its way.
 * - Metrics of AWS's own namespaces can be put, and are not published by its services: the alarms' tests put them.
 */

/** As Secrets Manager has it. */
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** The source of an event that stands in for a partner's. */
export const standInSource = 'stand-in.of.a.partner';

const partnerPatternSchema = z.looseObject({ source: z.tuple([z.string().startsWith('aws.partner/')]) });

const metricSchema = z.looseObject({
  MetricStat: z
    .object({
      Metric: z.object({ Namespace: z.unknown(), MetricName: z.unknown(), Dimensions: z.unknown() }),
      Period: z.unknown(),
      Stat: z.unknown(),
    })
    .optional(),
});

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).optional() })),
});

/** Rewrites the templates of an assembly so that MiniStack takes them. */
export async function adaptToMinistack(assembly: string): Promise<void> {
  for (const name of await readdir(assembly)) {
    if (!name.endsWith('.template.json')) continue;
    const path = join(assembly, name);
    const template = templateSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    for (const resource of Object.values(template.Resources)) {
      const { Type, Properties } = resource;
      if (Type === 'AWS::CloudWatch::Alarm' && Properties?.Metrics !== undefined) {
        resource.Properties = withoutExpression(Properties);
      }
      const pattern = partnerPatternSchema.safeParse(Properties?.EventPattern);
      if (Type === 'AWS::Events::Rule' && pattern.success) {
        resource.Properties = { ...Properties, ...withStandIn(pattern.data, Properties?.Targets) };
      }
      if (Type === 'AWS::SecretsManager::Secret' && Properties?.GenerateSecretString !== undefined) {
        resource.Properties = {
          ...Properties,
          GenerateSecretString: withoutPunctuation(Properties.GenerateSecretString),
        };
      }
    }
    await writeFile(path, JSON.stringify(template));
  }
}

function withoutExpression({ Metrics, ...alarm }: Record<string, unknown>): Record<string, unknown> {
  const first = z
    .array(metricSchema)
    .parse(Metrics)
    .find(({ MetricStat }) => MetricStat !== undefined)?.MetricStat;
  if (first === undefined) throw new Error('an alarm over an expression without a metric');
  return { ...alarm, ...first.Metric, Period: first.Period, Statistic: first.Stat };
}

function withStandIn(
  { source: [partner], ...pattern }: z.output<typeof partnerPatternSchema>,
  targets: unknown,
): Record<string, unknown> {
  const names = ['version', 'id', 'detail-type', 'account', 'time', 'region', 'resources', 'detail'];
  const members = names.map((name) => `${JSON.stringify(name)}:<${name}>`);
  const InputTransformer = {
    InputPathsMap: Object.fromEntries(names.map((name) => [name, `$.${name}`])),
    InputTemplate: `{"source":${JSON.stringify(partner)},${members.join()}}`,
  };
  return {
    EventPattern: { ...pattern, source: [standInSource] },
    Targets: z
      .array(z.looseObject({}))
      .parse(targets)
      .map((target) => ({ ...target, InputTransformer })),
  };
}

function withoutPunctuation(generate: unknown): unknown {
  const options = z.looseObject({ ExcludePunctuation: z.boolean().optional() }).parse(generate);
  return options.ExcludePunctuation === true ? { ...options, ExcludeCharacters: punctuation } : options;
}
