import * as z from 'zod/mini';
import type { BreakerSettings } from './breaker-settings.ts';
import { EnvironmentError } from './errors.ts';

/** Names of headers are in lower case, as API Gateway delivers them. */
const hmacVerificationSchema = z.object({
  kind: z.literal('hmac-sha256'),
  secretArn: z.string(),
  header: z.string(),
  prefix: z.string(),
  encoding: z.enum(['hex', 'base64']),
  timestamp: z.optional(z.object({ header: z.string(), toleranceSeconds: z.number() })),
});

const headerVerificationSchema = z.object({
  kind: z.literal('header'),
  secretArn: z.string(),
  header: z.string(),
  prefix: z.string(),
});

const basicVerificationSchema = z.object({
  kind: z.literal('basic'),
  secretArn: z.string(),
  username: z.string(),
});

/** How a route knows that a request is the sender's. */
const verificationSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open-messaging'), secretArn: z.string() }),
  hmacVerificationSchema,
  headerVerificationSchema,
  basicVerificationSchema,
  z.object({ kind: z.literal('standard-webhooks'), secretArn: z.string() }),
  z.object({ kind: z.literal('none') }),
]);

export type HmacVerification = z.infer<typeof hmacVerificationSchema>;
export type HeaderVerification = z.infer<typeof headerVerificationSchema>;
export type BasicVerification = z.infer<typeof basicVerificationSchema>;
export type Verification = z.infer<typeof verificationSchema>;

/** Every kind but the one that verifies nothing. */
export type SecretVerification = Exclude<Verification, { kind: 'none' }>;

/** Where a route's event id comes from when its kind's default is not wanted. */
const eventIdSourceSchema = z.object({
  header: z.optional(z.string()),
  pointers: z.optional(z.array(z.string())),
});

export type EventIdSource = z.infer<typeof eventIdSourceSchema>;

const ingestRouteSchema = z.object({
  queueUrl: z.string(),
  verify: verificationSchema,
  /** Address ranges that requests may come from; from anywhere if there are none. */
  allowCidrs: z.optional(z.array(z.string())),
  eventId: z.optional(eventIdSourceSchema),
});

export type IngestRoute = z.infer<typeof ingestRouteSchema>;

/** JSON inside an environment variable. */
function json<Schema extends z.ZodMiniType>(schema: Schema) {
  return z.pipe(
    z.pipe(
      z.string(),
      z.transform((text: string, context): unknown => {
        try {
          return JSON.parse(text);
        } catch {
          context.issues.push({ code: 'custom', message: 'not JSON', input: text });
          return z.NEVER;
        }
      }),
    ),
    schema,
  );
}

const wholeNumber = z.pipe(
  z.string().check(z.regex(/^\d+$/)),
  z.transform((digits: string) => Number(digits)),
);

/** An empty variable is a missing one. */
const name = z.string().check(z.minLength(1));

/** What every function is told. */
const functionEnv = {
  /** Of the metrics: two stacks of one account may have routes of the same name. */
  STACK_NAME: name,
  /** Absent where X-Ray traces nothing. */
  TRACING: z.optional(z.literal('active')),
};

const ingestEnvSchema = z.object({
  ...functionEnv,
  ROUTES: json(z.record(z.string(), ingestRouteSchema)),
  PAYLOAD_BUCKET: name,
  INLINE_LIMIT_BYTES: wholeNumber,
});

/** Environment of the ingest function. */
export type IngestEnv = z.infer<typeof ingestEnvSchema>;

const breakerSettingsSchema = z.object({
  windowSeconds: z.number(),
  minimumAttempts: z.number(),
  failureRatio: z.number(),
  streakLength: z.number(),
  streakSeconds: z.number(),
  pauseSeconds: z.number(),
  longestPauseSeconds: z.number(),
  longestHeldWaitSeconds: z.number(),
  pausedHideSeconds: z.number(),
  trialHideSeconds: z.number(),
  tickSeconds: z.number(),
}) satisfies z.ZodMiniType<BreakerSettings>;

const eventBridgeSourceSchema = z.object({
  /** Of the partner's event source and its bus: what an event's `source` has to be. */
  sourceName: z.string(),
  /** What the destination gets: the whole event, or what is in its `detail`. */
  deliver: z.enum(['envelope', 'detail']),
});

export type EventBridgeSource = z.infer<typeof eventBridgeSourceSchema>;

const processorEnvSchema = z.object({
  ...functionEnv,
  ROUTE: name,
  QUEUE_URL: name,
  DEAD_LETTER_QUEUE_URL: name,
  PAYLOAD_BUCKET: name,
  DELIVERY_TABLE: name,
  DESTINATION: json(
    z.object({
      url: z.string(),
      timeoutSeconds: z.number(),
      headers: z.record(z.string(), z.string()),
      /** Headers whose values are secrets, and the ARNs of these. */
      secretHeaders: z.optional(z.record(z.string(), z.string())),
      /** The request header that carries the sender's signature on to the destination; absent for unsigned routes. */
      signatureHeader: z.optional(z.string()),
      /** Absent for the internet alone. */
      reach: z.optional(z.enum(['internet', 'private-network'])),
    }),
  ),
  /** Absent where deliveries are not signed. */
  SIGNING_SECRET_ARN: z.optional(name),
  /** Absent where nothing comes from a bus. */
  EVENT_BRIDGE: z.optional(json(eventBridgeSourceSchema)),
  RETRY: json(z.object({ maxAttempts: z.number(), baseSeconds: z.number(), capSeconds: z.number() })),
  BREAKER: json(breakerSettingsSchema),
  /** Processors at work in a route that is not paused: `deliverTo.maxConcurrency`. */
  MAX_CONCURRENCY: wholeNumber,
  /** Receives from which on a message that only waits is put on its queue anew. */
  RENEW_AFTER_RECEIVES: wholeNumber,
  LEASE_SECONDS: wholeNumber,
  QUEUE_RETENTION_SECONDS: wholeNumber,
  DEDUPE_SECONDS: wholeNumber,
});

/** Environment of a route's processor function. */
export type ProcessorEnv = z.infer<typeof processorEnvSchema>;

const breakerRouteSchema = z.object({
  queueUrl: z.string(),
  /** Id of the event source mapping between the queue and the processor. */
  mappingId: z.string(),
  processorName: z.string(),
  maxConcurrency: z.number(),
});

export type BreakerRoute = z.infer<typeof breakerRouteSchema>;

const breakerEnvSchema = z.object({
  ...functionEnv,
  ROUTES: json(z.record(z.string(), breakerRouteSchema)),
  BREAKER: json(breakerSettingsSchema),
  DELIVERY_TABLE: name,
  PAYLOAD_BUCKET: name,
  QUEUE_RETENTION_SECONDS: wholeNumber,
});

/** Environment of the scheduled function that looks after the breakers. */
export type BreakerEnv = z.infer<typeof breakerEnvSchema>;

const sweeperEnvSchema = z.object({
  ...functionEnv,
  /** Queue URLs by route. */
  QUEUES: json(z.record(z.string(), z.string())),
  PAYLOAD_BUCKET: name,
});

/** Environment of the scheduled function that puts spilled webhooks on their queues. */
export type SweeperEnv = z.infer<typeof sweeperEnvSchema>;

/** Variable names, for the constructs that set them: `satisfies Record<keyof IngestEnv, string>`. */
export type IngestVariables = VariablesOf<IngestEnv>;
export type ProcessorVariables = VariablesOf<ProcessorEnv>;
export type BreakerVariables = VariablesOf<BreakerEnv>;
export type SweeperVariables = VariablesOf<SweeperEnv>;

/** Those of every function, which `NodeFunction` sets. */
export type FunctionVariables = Pick<IngestVariables, keyof typeof functionEnv>;

type VariablesOf<Env> = Record<Exclude<keyof Env, 'TRACING'>, string> & { TRACING?: 'active' };

/** @throws EnvironmentError naming the variable that is missing or wrong. */
export function parseIngestEnv(variables: NodeJS.ProcessEnv): IngestEnv {
  return parse(ingestEnvSchema, variables);
}

/** @throws EnvironmentError naming the variable that is missing or wrong. */
export function parseProcessorEnv(variables: NodeJS.ProcessEnv): ProcessorEnv {
  return parse(processorEnvSchema, variables);
}

/** @throws EnvironmentError naming the variable that is missing or wrong. */
export function parseBreakerEnv(variables: NodeJS.ProcessEnv): BreakerEnv {
  return parse(breakerEnvSchema, variables);
}

/** @throws EnvironmentError naming the variable that is missing or wrong. */
export function parseSweeperEnv(variables: NodeJS.ProcessEnv): SweeperEnv {
  return parse(sweeperEnvSchema, variables);
}

function parse<Schema extends z.ZodMiniType>(schema: Schema, variables: NodeJS.ProcessEnv): z.infer<Schema> {
  const parsed = z.safeParse(schema, variables);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new EnvironmentError(`environment variables missing or wrong: ${problems.join('; ')}`);
}
