import { parseRelayConfig } from '../infra/relay-config.ts';
import { routeTimings } from '../infra/timings.ts';

/** One route with a destination that is down for a while. */
export interface Scenario {
  readonly eventsPerSecond: number;
  readonly outageSeconds: number;
  /** Time that the destination takes for an answer while it is well. */
  readonly latencyMs: number;
  /** The same during the outage, until it fails: as long as `timeoutSeconds` for one that hangs. */
  readonly outageLatencyMs: number;
  /** The route's `deliverTo.maxConcurrency`. */
  readonly maxConcurrency: number;
  /** Size of a webhook's body. */
  readonly eventBytes: number;
  /** Share of the POSTs that fail during the outage, over 0 up to 1. */
  readonly failingShare: number;
}

const simulatedRoute = 'simulated';

const config = parseRelayConfig(
  {
    routes: {
      [simulatedRoute]: {
        verify: { kind: 'none', acceptUnsigned: true },
        deliverTo: { url: 'https://destination.invalid' },
      },
    },
  },
  'the simulated route',
);

/** What `relay.config.ts` says where it says nothing. */
export const { inlineLimitBytes } = config;

const [defaults] = Object.values(config.routes);
if (defaults === undefined) throw new Error('the simulated route has no configuration');

/** The `deliverTo.maxConcurrency` of a route whose config names none. */
export const defaultMaxConcurrency = defaults.deliverTo.maxConcurrency;

/** A route's durations with the defaults of the config. */
export const timings = routeTimings({
  timeoutSeconds: defaults.deliverTo.timeoutSeconds,
  retry: defaults.retry,
  dedupeDays: defaults.dedupeDays,
});

/**
 * Four hours at 1,000 events a second. 25 processors drain it about as fast as it came, and stay
 * under every limit of AWS.
 */
export const defaultScenario: Scenario = {
  eventsPerSecond: 1_000,
  outageSeconds: 4 * 3_600,
  latencyMs: 100,
  outageLatencyMs: 100,
  maxConcurrency: 25,
  eventBytes: 2_048,
  failingShare: 1,
};
