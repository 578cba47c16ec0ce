import { isIPv4, isIPv6 } from 'node:net';
import * as z from 'zod';
import { longestVisibilitySeconds } from '../../lambdas/contract/aws-limits.ts';
import { largestInlineBytes } from '../../lambdas/contract/message-attributes.ts';
import { ConfigError } from './config-error.ts';
import { headerName, options, wholeNumber } from './config-parts.ts';
import { deliverToSchema } from './deliver-to-config.ts';
import { describeConfigProblems } from './describe-config-problems.ts';
import { eventBridgeSchema } from './event-bridge-config.ts';
import { mostAttempts, routeTimings, timingProblems } from './timings.ts';
import { verificationProblems, verifySchema } from './verify-config.ts';

const eventIdSchema = options({
  header: headerName.optional(),
  pointers: z
    .array(z.string().regex(/^(?:\/(?:[^~/]|~[01])*)+$/, { error: 'must be a JSON pointer such as /channel/id' }))
    .min(1)
    .max(8)
    .optional(),
}).refine((eventId) => eventId.header !== undefined || eventId.pointers !== undefined, {
  error: 'must name a header, pointers, or both',
});

const cidr = z.string().refine(isCidr, { error: 'must be an address range such as 203.0.113.0/24 or 2001:db8::/32' });

/** Whether a text is an address and the length of a prefix. Bits behind the prefix may be set, and do not matter. */
function isCidr(text: string): boolean {
  const [address = '', prefix = '', ...more] = text.split('/');
  const longest = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : -1;
  return more.length === 0 && /^(?:0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= longest;
}

const routeSchema = options({
  verify: verifySchema.optional(),
  allowCidrs: z.array(cidr).min(1, { error: 'must hold a range, or be left out: nobody could send' }).optional(),
  eventId: eventIdSchema.optional(),
  eventBridge: eventBridgeSchema.optional(),
  deliverTo: deliverToSchema,
  retry: options({
    maxAttempts: wholeNumber(1, mostAttempts).default(10),
    baseSeconds: wholeNumber(1, longestVisibilitySeconds).default(5),
    capSeconds: wholeNumber(1, longestVisibilitySeconds).default(21_600),
  }).prefault({}),
  dedupeDays: wholeNumber(1, 3_650).default(30),
}).superRefine((route, context) => {
  for (const problem of verificationProblems(route)) context.addIssue({ code: 'custom', ...problem });
  const timings = routeTimings({
    timeoutSeconds: route.deliverTo.timeoutSeconds,
    retry: route.retry,
    dedupeDays: route.dedupeDays,
  });
  for (const problem of timingProblems(timings)) {
    context.addIssue({
      code: 'custom',
      path: problem.key.split('.'),
      message: `must be ${problem.mustBe}`,
      params: { value: problem.value },
    });
  }
});

const routeName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, {
  error: 'route names are lower-case letters, digits and dashes, 64 at most: they are part of the URL',
});

const relayConfigSchema = options({
  stackName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, { error: 'letters, digits and dashes, a letter first' })
    .default('GenesysWebhookRelay'),
  routes: z
    .record(routeName, routeSchema)
    .refine((routes) => Object.keys(routes).length > 0, { error: 'must hold at least one route' }),
  inlineLimitBytes: wholeNumber(1_024, largestInlineBytes, '1 KiB to 1 MiB less what attributes can take').default(
    262_144,
  ),
  throttle: options({
    ratePerSecond: wholeNumber(1, 10_000).default(2_000),
    burst: wholeNumber(1, 5_000).default(1_000),
  }).prefault({}),
  ingestConcurrency: wholeNumber(1, 10_000).optional(),
  tracing: z.boolean({ error: 'must be true or false' }).default(false),
  alarms: options({ email: z.email({ error: 'must be an e-mail address' }).optional() }).prefault({}),
  dashboard: z.boolean({ error: 'must be true or false' }).default(true),
  encryption: z
    .enum(['aws', 'kms'], {
      error: "must be 'aws' (everything is encrypted with keys of AWS) or 'kms' (with a key of your account)",
    })
    .default('aws'),
  dataOnDestroy: z
    .enum(['retain', 'delete'], {
      error: "must be 'retain' (queues, payloads, records and secrets outlive the stack) or 'delete'",
    })
    .default('retain'),
});

/** What a `relay.config.ts` holds. */
export type RelayConfigInput = z.input<typeof relayConfigSchema>;

/** The same with its defaults filled in. */
export type RelayConfig = z.output<typeof relayConfigSchema>;

export type RouteConfig = RelayConfig['routes'][string];

/** How a route that takes webhooks knows their sender. */
export type VerifyConfig = NonNullable<RouteConfig['verify']>;

/** Types a configuration; it is checked when the app reads it, so that a TypeScript and a JSON file are treated alike. */
export function defineRelay(config: RelayConfigInput): RelayConfigInput {
  return config;
}

/**
 * Checks a configuration and fills in its defaults.
 *
 * @param source the file it came from, for the message
 * @throws ConfigError with one line for a single problem; for several, with a heading and a line for each
 */
export function parseRelayConfig(input: unknown, source: string): RelayConfig {
  const parsed = relayConfigSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ConfigError(describeConfigProblems(parsed.error.issues, input, source));
}
