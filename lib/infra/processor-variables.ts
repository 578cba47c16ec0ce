import type { ProcessorEnv, ProcessorVariables } from '../../lambdas/contract/env.ts';
import type { DestinationHeaders } from './destination-headers.ts';
import type { EventBridgeConfig } from './event-bridge-config.ts';
import type { RouteConfig } from './relay-config.ts';
import { breakerSettings, queueRetentionSeconds, type RouteTimings } from './timings.ts';

export interface ProcessorVariablesOptions {
  readonly route: string;
  readonly config: RouteConfig;
  readonly timings: RouteTimings;
  readonly headers: DestinationHeaders;
  /** Of the sender, passed on as it came; undefined where it has none. */
  readonly signatureHeader: string | undefined;
}

/** What the config has to say to a route's processor. The names of resources come with the permissions for them. */
export function processorVariables({ route, config, timings, headers, signatureHeader }: ProcessorVariablesOptions) {
  const { deliverTo, eventBridge } = config;
  return {
    ROUTE: route,
    DESTINATION: JSON.stringify({
      url: deliverTo.url,
      timeoutSeconds: timings.deliveryTimeoutSeconds,
      headers: headers.plain,
      ...(Object.keys(headers.secret).length === 0 ? {} : { secretHeaders: headers.secret }),
      ...(signatureHeader === undefined ? {} : { signatureHeader }),
      ...(deliverTo.allowPrivateNetwork ? { reach: 'private-network' } : {}),
    } satisfies ProcessorEnv['DESTINATION']),
    RETRY: JSON.stringify(timings.retry satisfies ProcessorEnv['RETRY']),
    BREAKER: JSON.stringify(breakerSettings satisfies ProcessorEnv['BREAKER']),
    MAX_CONCURRENCY: String(deliverTo.maxConcurrency),
    RENEW_AFTER_RECEIVES: String(timings.renewAfterReceives),
    LEASE_SECONDS: String(timings.leaseSeconds),
    QUEUE_RETENTION_SECONDS: String(queueRetentionSeconds),
    DEDUPE_SECONDS: String(timings.dedupeSeconds),
    ...(eventBridge === undefined ? {} : { EVENT_BRIDGE: JSON.stringify(processorSource(eventBridge)) }),
  } satisfies Partial<ProcessorVariables>;
}

/** The topics are the rule's to look at. */
function processorSource({ sourceName, deliver }: EventBridgeConfig): ProcessorEnv['EVENT_BRIDGE'] {
  return { sourceName, deliver };
}
