import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { parseRelayConfig, type RelayConfigInput } from '../../lib/infra/relay-config.ts';
import { RelayStack } from '../../lib/infra/relay-stack.ts';

const cdkJsonSchema = z.object({ context: z.record(z.string(), z.unknown()) });

/** The flags that a deployment runs with: without them the template under test would be another one. */
const featureFlags = cdkJsonSchema.parse(JSON.parse(readFileSync('cdk.json', 'utf8'))).context;

const telemetry: RelayConfigInput['routes'][string] = {
  verify: { kind: 'none', acceptUnsigned: true },
  eventId: { pointers: ['/id'] },
  deliverTo: { url: 'http://10.1.2.3/events', allowPrivateNetwork: true, timeoutSeconds: 3 },
  retry: { maxAttempts: 4, baseSeconds: 1, capSeconds: 60 },
  dedupeDays: 22,
};

/** A configuration with one signed and one unsigned route. */
export const twoRoutes: RelayConfigInput = {
  stackName: 'TestRelay',
  routes: {
    'open-messaging': {
      verify: { kind: 'open-messaging' },
      deliverTo: { url: 'https://crm.example/events', headers: { 'x-api-key': 'k' }, maxConcurrency: 7 },
    },
    telemetry,
  },
};

export const partnerEventSource = 'aws.partner/genesys.com/cloud/5e0a2f9c-1111-4c3d-9b7e-0d7f6c2a9e55/relay';

/** The same, with a bus whose events its second route gets, too. */
export const twoRoutesAndABus: RelayConfigInput = {
  ...twoRoutes,
  routes: { ...twoRoutes.routes, telemetry: { ...telemetry, eventBridge: { sourceName: partnerEventSource } } },
};

/** The stack's template, with bundling left out: what the code is does not matter to it. */
export function synthesize(config: RelayConfigInput = twoRoutes): Template {
  return inStack(config, Template.fromStack);
}

// CDK compares each template with the schemas of all that AWS has, in two seconds each: `npm run synth` has it do so.
process.env.CDK_VALIDATION = 'false';

/** What `look` makes of the stack of a configuration, which is gone when it returns. */
export function inStack<Seen>(config: RelayConfigInput, look: (stack: RelayStack) => Seen): Seen {
  const outdir = mkdtempSync(join(tmpdir(), 'relay-test-assembly-'));
  try {
    const app = new App({ outdir, context: { ...featureFlags, 'aws:cdk:bundling-stacks': [] } });
    const parsed = parseRelayConfig(config, 'test');
    return look(new RelayStack(app, parsed.stackName, { config: parsed }));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
