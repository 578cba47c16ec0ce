import { waitsForOperator } from '../../../lambdas/breaker/open-breaker.ts';
import { isPaused } from '../../../lambdas/contract/breaker-state.ts';
import { deliveryKey } from '../../../lambdas/contract/delivery-record.ts';
import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { Relay } from '../connection/connect-relay.ts';
import { relayCommand } from '../connection/relay-command.ts';
import type { Pause } from '../pause.ts';
import { explainBreaker } from '../routes/explain-breaker.ts';
import { isUnreadable } from '../routes/stored-breaker.ts';
import type { SentWebhook } from './sent-webhook.ts';
import { isOver, type Whereabouts, whereaboutsOf } from './whereabouts.ts';

export interface FollowTools {
  readonly relay: Pick<Relay, 'location' | 'readDeliveryStates' | 'breakers'>;
  readonly now: Clock;
  readonly pause: Pause;
  readonly signal: AbortSignal;
}

/** Often enough for somebody who watches. */
const lookEveryMs = 500;

/**
 * Follows webhooks until nothing more becomes of them, or the time is up.
 *
 * @param onLook told of all of them after each look
 */
export async function followWebhooks(
  route: string,
  sent: readonly SentWebhook[],
  waitMs: number,
  { relay, now, pause, signal }: FollowTools,
  onLook: (sent: readonly SentWebhook[]) => void,
): Promise<readonly SentWebhook[]> {
  const deadlineMs = now() + waitMs;
  let followed = sent;
  for (;;) {
    followed = await look(route, followed, relay, now());
    onLook(followed);
    const done = followed.every(({ whereabouts }) => isOver(whereabouts));
    if (done || signal.aborted || now() >= deadlineMs) return followed;
    await pause(lookEveryMs);
  }
}

async function look(
  route: string,
  sent: readonly SentWebhook[],
  relay: FollowTools['relay'],
  nowMs: number,
): Promise<readonly SentWebhook[]> {
  const open = sent.filter(({ whereabouts }) => !isOver(whereabouts));
  const keyOf = ({ eventId = '' }: SentWebhook) => deliveryKey(route, eventId);
  // The breaker first: what is delivered before a pause is seen to be delivered, not to wait for its end.
  const pause = await pauseOf(route, relay, nowMs);
  const states = await relay.readDeliveryStates(open.map(keyOf));
  return sent.map((webhook) => {
    if (isOver(webhook.whereabouts)) return webhook;
    const whereabouts = whereaboutsOf(webhook.answer, states.get(keyOf(webhook)));
    return { ...webhook, whereabouts: isOver(whereabouts) ? whereabouts : (pause ?? whereabouts) };
  });
}

async function pauseOf(
  route: string,
  { breakers, location }: FollowTools['relay'],
  nowMs: number,
): Promise<Whereabouts | undefined> {
  const breaker = await breakers.read(route);
  if (isUnreadable(breaker) || !isPaused(breaker)) return undefined;
  const { why = 'paused', next = 'until it is resumed' } = explainBreaker(breaker, nowMs);
  const wayOut = waitsForOperator(breaker.phase) ? `${next}: ${relayCommand(location, 'route resume', route)}` : next;
  return { kind: 'paused', why, next: wayOut };
}
