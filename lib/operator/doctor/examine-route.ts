import { secretLifeMs } from '../../../lambdas/adapters/cached-secrets.ts';
import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { Relay } from '../connection/connect-relay.ts';
import { relayCommand } from '../connection/relay-command.ts';
import { type RouteLocation, takesNoWebhooks } from '../connection/relay-location.ts';
import { metricQueries } from '../report/route-metrics.ts';
import { windowOf } from '../report/time-window.ts';
import { explainBreaker } from '../routes/explain-breaker.ts';
import { isUnreadable, type StoredBreaker } from '../routes/stored-breaker.ts';
import { clockTime } from '../terminal/clock-time.ts';
import { age, count } from '../terminal/printable.ts';
import { examine, type Finding, fail, ok, type Verdict, warn } from './finding.ts';

export interface RouteTools {
  readonly relay: Pick<Relay, 'location' | 'breakers' | 'queues' | 'secrets' | 'readMetrics' | 'services'>;
  readonly now: Clock;
}

/** All that can be wrong with one route, in the order of an event's way. */
export function examineRoute(
  name: string,
  route: RouteLocation,
  { relay, now }: RouteTools,
): readonly Promise<Finding>[] {
  const look = (check: string, verdict: () => Promise<Verdict>) => examine(check, verdict, name);
  const command = (text: string, ...values: string[]) => relayCommand(relay.location, text, ...values);
  const breaker = relay.breakers.read(name);
  // Two checks look at it; when it cannot be read, each says so for itself.
  breaker.catch(() => {});
  return [
    look('secret', () => secret(name, route, relay, now())),
    look('breaker', async () => flow(await breaker, command('route resume', name), now())),
    look('mapping', async () => mapping(await relay.services.mappingStateOf(route.queueUrl), await breaker, now())),
    look('queue', async () => {
      const { visible, hidden } = await relay.queues.depthOf(route.queueUrl);
      return ok(`${visible} waiting, ${hidden} in flight`);
    }),
    look('dead letters', async () => {
      const { visible, hidden } = await relay.queues.depthOf(route.deadLetterQueueUrl);
      const dead = visible + hidden;
      return dead === 0 ? ok('no dead letters') : warn(count(dead, 'dead letter'), command('dlq list --route', name));
    }),
    look('traffic', async () => traffic(name, route, relay, await breaker.catch(() => undefined), now())),
  ];
}

async function secret(
  name: string,
  route: RouteLocation,
  { secrets, location }: RouteTools['relay'],
  nowMs: number,
): Promise<Verdict> {
  const { secretArn, verify } = route;
  if (secretArn === undefined && takesNoWebhooks(route)) {
    return ok('takes no webhooks, only events of a bus');
  }
  if (secretArn === undefined) {
    return warn(
      'accepts unsigned requests',
      `anybody who knows the URL can send: set routes.${name}.verify in relay.config.ts`,
    );
  }
  const { current, previous } = await secrets.read(secretArn);
  if (current.value.trim() === '') return fail('secret is empty', relayCommand(location, 'secret rotate', name));
  const rotated = previous !== undefined && nowMs - current.createdAtMs < secretLifeMs;
  if (rotated) {
    return warn(
      `secret rotated ${age(current.createdAtMs, nowMs)} ago`,
      'the functions know of it within five minutes; until then the previous one is the safe one',
    );
  }
  return ok(
    `secret (${verify?.kind ?? 'kind not told'}) since ${new Date(current.createdAtMs).toISOString().slice(0, 10)}`,
  );
}

function flow(breaker: StoredBreaker, resume: string, nowMs: number): Verdict {
  const { state, why, next } = explainBreaker(breaker, nowMs);
  switch (state) {
    case 'flowing':
      return ok('flowing');
    case 'paused':
      return fail(`paused: ${why ?? ''}`, `${next ?? ''}; by hand: ${resume}`);
    case 'unreadable':
      return fail(`breaker unreadable: ${why ?? ''}`, next ?? '');
    default:
      return warn(`${state}: ${why ?? ''}`, next ?? 'it goes on by itself');
  }
}

/** Lambda takes some minutes for a change, and the breaker's function looks once a minute. */
const soon = 'the breaker mends that within three minutes; if it does not, see the logs of its function';

const soonMs = 3 * 60_000;

function mapping(state: string | undefined, breaker: StoredBreaker, nowMs: number): Verdict {
  if (state === undefined) return fail('no function reads the queue', 'npx cdk deploy');
  const phase = isUnreadable(breaker) ? undefined : breaker.phase;
  const isFresh = phase !== undefined && 'sinceMs' in phase && nowMs - phase.sinceMs < soonMs;
  if (phase?.kind === 'open') {
    if (state !== 'Enabled') return ok('queue not read');
    return isFresh
      ? ok('queue still read: a pause parts it within three minutes')
      : warn('the queue is still read, though paused', soon);
  }
  if (phase?.kind === 'half-open' && isFresh && state !== 'Enabled') {
    return ok('queue not read yet: it is joined again within three minutes');
  }
  return state === 'Disabled' || state === 'Disabling'
    ? fail('the queue is not read, though not paused', soon)
    : ok('queue read');
}

/** As long as a retry of Genesys and a first backoff of ours may take. */
const usualDelayMs = 15 * 60_000;

async function traffic(
  name: string,
  route: RouteLocation,
  { location, readMetrics }: RouteTools['relay'],
  breaker: StoredBreaker | undefined,
  nowMs: number,
): Promise<Verdict> {
  const window = windowOf(24, nowMs, location.startedAtMs);
  const { accepted, delivered } = metricQueries({ name, ...route }, location.stackName);
  const [acceptedAtMs, deliveredAtMs] = (await readMetrics([accepted, delivered], window)).map(latestMoment);
  const sample = relayCommand(location, 'send samples/open-messaging-text.json --new-id --route', name);
  if (acceptedAtMs === undefined && deliveredAtMs === undefined) {
    return warn(
      `nothing accepted in ${location.startedAtMs === undefined ? '24 h' : 'this run'}`,
      takesNoWebhooks(route)
        ? `is the event source bound to its bus? ${relayCommand(location, 'genesys check')}`
        : `is the sender's URL right? To try: ${sample}`,
    );
  }
  // Known no better than to a period of the metrics.
  const said = (atMs: number | undefined) => (atMs === undefined ? 'not at all' : `about ${clockTime(atMs, nowMs)}`);
  const isBehind = (acceptedAtMs ?? 0) - (deliveredAtMs ?? 0) > usualDelayMs;
  const isPaused = breaker !== undefined && !isUnreadable(breaker) && breaker.phase.kind === 'open';
  if (isBehind && !isPaused) {
    return warn(
      `last accepted ${said(acceptedAtMs)}, last delivered ${said(deliveredAtMs)}`,
      `${relayCommand(location, 'report')}; ${relayCommand(location, 'route list')}`,
    );
  }
  return ok(`last delivered ${said(deliveredAtMs)}`);
}

/** The beginning of the last period that has a count. */
function latestMoment(counts: ReadonlyMap<number, number>): number | undefined {
  const moments = [...counts].flatMap(([atMs, value]) => (value > 0 ? [atMs] : []));
  return moments.length === 0 ? undefined : Math.max(...moments);
}
