import { describe, expect, test } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { RelayConfigInput } from '../../lib/infra/relay-config.ts';
import { inStack, twoRoutes } from '../support/synthesized-stack.ts';

interface Accepted {
  readonly rule: RegExp;
  /** Of the construct, less the stack's name. */
  readonly path: RegExp;
  readonly reason: string;
  /** Found in stacks with tracing alone. */
  readonly traced?: true;
}

/** Findings that stay, each with its reason. */
const acceptedAnywhere: readonly Accepted[] = [
  {
    rule: /^AwsSolutions-APIG4$/,
    path: /^Ingest\/Api\//,
    reason: 'A webhook is authorized by its signature over the raw body, which only the ingest function sees.',
  },
  {
    rule: /^AwsSolutions-SMG4$/,
    path: /\/(Signing)?Secret\/Resource$/,
    reason: 'Somebody else has the same secret, and is told of a new one by hand: a schedule would lock it out.',
  },
  {
    rule: /^AwsSolutions-S1$/,
    path: /^Payloads\/Bucket\/Resource$/,
    reason: 'Access logs need a second bucket, and would tell what the functions log: only they have access.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::<PayloadsBucket[0-9A-F]{8}\.Arn>\/(payloads|spill|trials)\/([a-z-]+\/)?\*\]$/,
    path: /\/DefaultPolicy\/Resource$/,
    reason: 'The keys of objects are made as they are written: a prefix is the narrowest that there is.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    path: /^(?:Ingest\/FunctionRole|[a-z-]+\/ProcessorRole)\/DefaultPolicy\/Resource$/,
    reason:
      'What is told to X-Ray has no resource; grants-no-more-than-needed.test.ts says that nothing else is in it.',
    traced: true,
  },
];

const busRoute = {
  eventBridge: { sourceName: 'aws.partner/genesys.com/cloud/5e0a2f9c-1111-4c3d-9b7e-0d7f6c2a9e55/ingest-prod' },
  deliverTo: { url: 'https://crm.example/events' },
};

const stacks: [name: string, config: RelayConfigInput][] = [
  ['of two routes', twoRoutes],
  ['with a key of the account', { ...twoRoutes, encryption: 'kms' }],
  ['with events of a bus', { ...twoRoutes, routes: { ...twoRoutes.routes, bus: busRoute }, encryption: 'kms' }],
  ['that goes with its data', { ...twoRoutes, dataOnDestroy: 'delete' }],
  ['that is traced', { ...twoRoutes, tracing: true }],
];

describe.each(stacks)('in a stack %s', (_name, config) => {
  const found = inStack(config, (stack) =>
    new AwsSolutionsChecks(stack).validateScope(stack).violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath = '' }) => ({
        rule: ruleName,
        path: constructPath.slice(`${stack.stackName}/`.length),
      })),
    ),
  );

  const accepted = acceptedAnywhere.filter(({ traced = false }) => !traced || config.tracing === true);

  test('every finding is one that has a reason to stay', () => {
    expect(found.filter((finding) => !accepted.some((one) => covers(one, finding)))).toEqual([]);
  });

  test.each(accepted)('$rule.source still has a finding to explain: $reason', (one) => {
    expect(found.filter((finding) => covers(one, finding))).not.toEqual([]);
  });
});

function covers({ rule, path }: Accepted, finding: { readonly rule: string; readonly path: string }): boolean {
  return rule.test(finding.rule) && path.test(finding.path);
}
