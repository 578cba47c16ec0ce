import { isIPv4, isIPv6 } from 'node:net';
import * as z from 'zod';
import { literalOutOfReach } from '../../lambdas/contract/address-class.ts';
import { longestVisibilitySeconds } from '../../lambdas/contract/aws-limits.ts';
import { largestInlineBytes } from '../../lambdas/contract/message-attributes.ts';
import { openMessagingSignatureHeader } from '../../lambdas/contract/signature-headers.ts';
import { ConfigError } from './config-error.ts';
import { mostAttempts, routeTimings, timingProblems } from './timings.ts';

/** Headers that the relay itself sets on a delivery, or that HTTP fixes: a config cannot replace them. */
const reservedHeaders = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
  openMessagingSignatureHeader,
  'x-relay-attempt',
  'x-relay-route',
  'x-webhook-source',
]);

/** An object that refuses unknown keys with the list of the known ones: a misspelt option must not be ignored. */
function options<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `unknown key; allowed: ${keys}` : `must be an object with: ${keys}`,
  });
}

function wholeNumber(least: number, most: number, why?: string) {
  const error = `must be a whole number from ${least} to ${most}${why === undefined ? '' : `: ${why}`}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, { error: 'must be an HTTP header name' });

/** Headers that cannot tell who sent a request: they mean something else on its way in, or on its way out. */
const unfitForVerification = new Set(
  [...reservedHeaders, 'idempotency-key'].filter((name) => name !== openMessagingSignatureHeader),
);

const verifyHeaderName = headerName.refine((name) => !unfitForVerification.has(name.toLowerCase()), {
  error: 'must be a header that neither HTTP nor the relay uses for something else',
});

const headerPrefix = z.string().regex(/^[ -~]{0,64}$/, { error: 'must be printable ASCII, 64 characters at most' });

const verifySchema = z.discriminatedUnion(
  'kind',
  [
    options({ kind: z.literal('open-messaging') }),
    options({
      kind: z.literal('hmac-sha256'),
      header: verifyHeaderName,
      prefix: headerPrefix.default(''),
      encoding: z.enum(['hex', 'base64'], { error: "must be 'hex' or 'base64'" }).default('hex'),
      timestamp: options({ header: headerName, toleranceSeconds: wholeNumber(1, 3_600).default(300) }).optional(),
    }),
    options({ kind: z.literal('header'), header: verifyHeaderName, prefix: headerPrefix.default('') }),
    options({
      kind: z.literal('basic'),
      username: z
        .string()
        .regex(/^[!-9;-~]{1,64}$/, { error: 'must be 1 to 64 printable ASCII characters without space and colon' })
        .default('genesys'),
    }),
    options({ kind: z.literal('standard-webhooks') }),
    options({
      kind: z.literal('none'),
      acceptUnsigned: z.literal(true, {
        error: 'must be true: without verification anybody who knows the URL can send events',
      }),
    }),
  ],
  {
    error:
      "must be { kind: 'open-messaging' }, 'hmac-sha256', 'header', 'basic', 'standard-webhooks', or { kind: 'none', acceptUnsigned: true }",
  },
);

/** What a header of the sender must not be used for, because of what it is already. */
function verificationProblems(route: {
  readonly verify: z.output<typeof verifySchema>;
  readonly eventId?: { readonly header?: string | undefined } | undefined;
  readonly deliverTo: { readonly headers: Readonly<Record<string, unknown>> };
}): readonly { readonly path: string[]; readonly message: string }[] {
  const { verify, eventId, deliverTo } = route;
  const credential = verify.kind === 'header' ? verify.header : verify.kind === 'basic' ? 'authorization' : undefined;
  if (credential !== undefined && eventId?.header?.toLowerCase() === credential.toLowerCase()) {
    return [{ path: ['eventId', 'header'], message: 'must not be the credential: event ids are logged and passed on' }];
  }
  const signature = verify.kind === 'hmac-sha256' && verify.timestamp === undefined ? verify.header : undefined;
  return Object.keys(deliverTo.headers)
    .filter((name) => name.toLowerCase() === signature?.toLowerCase())
    .map((name) => ({
      path: ['deliverTo', 'headers', name],
      message: "is the sender's signature, which is passed on; choose another name",
    }));
}

/** With the six characters that Secrets Manager puts at the end: a permission for an ARN without them covers others. */
const secretArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/, {
    error: 'must be the whole ARN of a secret in Secrets Manager',
  });

const headerValue = z.union(
  [z.string().regex(/^[\t -~]*$/, { error: 'must be printable ASCII' }), options({ secretArn })],
  {
    error: "must be printable ASCII, or { secretArn: '…' }",
  },
);

const deliverToSchema = options({
  url: z.string({ error: 'must be the URL of your endpoint' }),
  timeoutSeconds: wholeNumber(1, 60).default(10),
  headers: z
    .record(headerName, headerValue)
    .default({})
    .superRefine((headers, context) => {
      for (const name of Object.keys(headers)) {
        if (reservedHeaders.has(name.toLowerCase())) {
          context.addIssue({
            code: 'custom',
            path: [name],
            message: 'is set by the relay itself; choose another name',
          });
        }
      }
    }),
  maxConcurrency: wholeNumber(2, 1_000).default(10),
  allowPrivateNetwork: z.boolean().default(false),
  sign: z.boolean().default(true),
}).superRefine((deliverTo, context) => {
  const problem = urlProblem(deliverTo.url, deliverTo.allowPrivateNetwork);
  if (problem !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: problem });
});

function urlProblem(text: string, allowPrivateNetwork: boolean): string | undefined {
  if (!URL.canParse(text)) return 'must be an absolute URL such as https://example.com/genesys';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not hold credentials; put them into deliverTo.headers';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must start with https://';
  if (url.protocol === 'http:' && !allowPrivateNetwork) {
    return 'must start with https:// (http:// needs allowPrivateNetwork: true)';
  }
  if (literalOutOfReach(url, 'private-network') !== undefined) return 'must not lead to an address that is no endpoint';
  if (allowPrivateNetwork || literalOutOfReach(url, 'internet') === undefined) return undefined;
  return 'must lead to a public address (a private one needs allowPrivateNetwork: true)';
}

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
  verify: verifySchema,
  allowCidrs: z.array(cidr).min(1, { error: 'must hold a range, or be left out: nobody could send' }).optional(),
  eventId: eventIdSchema.optional(),
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
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, { error: 'must be a CloudFormation stack name' })
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
  alarms: options({ email: z.email({ error: 'must be an e-mail address' }).optional() }).prefault({}),
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

/** Types a configuration; it is checked when the app reads it, so that a TypeScript and a JSON file are treated alike. */
export function defineRelay(config: RelayConfigInput): RelayConfigInput {
  return config;
}

/** The first mistake can bring about a hundred others: more than these are only counted. */
const mostProblems = 10;

/**
 * Checks a configuration and fills in its defaults.
 *
 * @param source the file it came from, for the message
 * @throws ConfigError with one line for a single problem; for several, with a heading and a line for each
 */
export function parseRelayConfig(input: unknown, source: string): RelayConfig {
  const parsed = relayConfigSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, input)).map(problemLine);
  const [first = 'not a relay configuration'] = problems;
  if (problems.length <= 1) throw new ConfigError(`${source}: ${first}`);
  const left = problems.length - mostProblems;
  const lines = [...problems.slice(0, mostProblems), ...(left > 0 ? [`and ${left} more`] : [])];
  throw new ConfigError([`${source}: ${problems.length} problems`, ...lines.map((line) => `  ${line}`)].join('\n'));
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
  readonly allowed: string;
}

function problemLine({ path, value, allowed }: Problem): string {
  return `${path.map(String).join('.') || 'the configuration'} is ${show(value)}: ${allowed}`;
}

function describeIssue(issue: z.core.$ZodIssue, input: unknown): readonly Problem[] {
  const allowed = issue.message;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const path = [...issue.path, key];
        return { path, value: valueAt(input, path), allowed };
      });
    case 'invalid_key': {
      const path = [...issue.path.slice(0, -1), '(a key)'];
      return [{ path, value: issue.path.at(-1), allowed: issue.issues[0]?.message ?? allowed }];
    }
    case 'custom':
      return [{ path: issue.path, value: issue.params?.value ?? valueAt(input, issue.path), allowed }];
    default:
      return [{ path: issue.path, value: valueAt(input, issue.path), allowed }];
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  // A URL with credentials in it is one of the things refused here: they stay out of the terminal and the build log.
  const json = (JSON.stringify(value) ?? String(value)).replace(/\/\/[^/@"]*@/g, '//…@');
  return json.length > 120 ? `${json.slice(0, 117)}…` : json;
}
