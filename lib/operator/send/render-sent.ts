import { relayCommand } from '../connection/relay-command.ts';
import type { RelayLocation } from '../connection/relay-location.ts';
import { clockTime } from '../terminal/clock-time.ts';
import { count, printable } from '../terminal/printable.ts';
import type { Paint, Style } from '../terminal/terminal.ts';
import type { SentWebhook } from './sent-webhook.ts';
import type { Whereabouts } from './whereabouts.ts';

const colours: Readonly<Record<Whereabouts['kind'], Style>> = {
  refused: 'red',
  stored: 'yellow',
  delivering: 'yellow',
  delivered: 'green',
  'dead-letter': 'red',
  duplicate: 'green',
  paused: 'red',
};

type Flags = Pick<RelayLocation, 'flags'>;

/** One line about one webhook: where it is, and what to do if that is not where it should be. */
export function renderWhereabouts(webhook: SentWebhook, relay: Flags, nowMs: number, paint: Paint): string {
  const { kind } = webhook.whereabouts;
  return `${paint(colours[kind], kind.padEnd(11))}  ${explain(webhook, relay, nowMs)}`;
}

function explain({ answer, eventId = '', whereabouts }: SentWebhook, relay: Flags, nowMs: number): string {
  switch (whereabouts.kind) {
    case 'refused':
      return `HTTP ${answer.status} ${printable(answer.body.slice(0, 200))}: ${whyRefused(answer.status, relay)}`;
    case 'stored':
      return 'waits on its queue; no processor has begun with it';
    case 'delivering':
      return whatIsTried(whereabouts, nowMs);
    case 'delivered': {
      const { lastStatus, attempts, tookMs } = whereabouts;
      const after = tookMs === undefined ? '' : `, ${seconds(tookMs)} after its receipt`;
      return `HTTP ${lastStatus ?? '2xx'} at attempt ${attempts}${after}`;
    }
    case 'dead-letter': {
      const { lastError = 'not deliverable', attempts } = whereabouts;
      return `${printable(lastError)} after ${count(attempts, 'attempt')}: ${relayCommand(relay, 'dlq show', eventId)}`;
    }
    case 'duplicate':
      return duplicateOf(whereabouts.of);
    case 'paused':
      return `stored, and waits: ${whereabouts.why}; ${whereabouts.next}`;
  }
}

function whyRefused(status: number, relay: Flags): string {
  const look = relayCommand(relay, 'doctor');
  switch (status) {
    case 400:
      return 'the file is empty';
    case 401:
      return `signature or address not accepted; a secret that was just rotated takes up to five minutes: ${look}`;
    case 404:
      return 'the relay has no such route: deploy it';
    case 413:
      return 'larger than the platform can take';
    case 503:
      return `it could not be stored; send it again: ${look}`;
    default:
      return `not an answer of the relay: ${look}`;
  }
}

function whatIsTried(
  { attempts, lastError, nextAtMs }: Extract<Whereabouts, { kind: 'delivering' }>,
  nowMs: number,
): string {
  if (lastError === undefined) return `attempt ${attempts + 1} is under way`;
  const next = nextAtMs > nowMs ? `next at ${clockTime(nextAtMs, nowMs)}` : 'next at once';
  return `attempt ${attempts} failed (${printable(lastError)}); ${next}`;
}

function duplicateOf(of: Extract<Whereabouts, { kind: 'duplicate' }>['of']): string {
  switch (of) {
    case 'delivered':
      return 'the same event was delivered before, and is not posted again; --new-id sends it as another';
    case 'dead-letter':
      return 'the same event is a dead letter, and is not tried again; --new-id sends it as another';
    case 'sent-before':
      return 'the same event as one before it: the route takes its event ids from elsewhere';
  }
}

/** How many are where, the most first, and how long the delivered ones took. */
export function renderMany(sent: readonly SentWebhook[], relay: Flags, nowMs: number, paint: Paint): string {
  const groups = Map.groupBy(sent, ({ whereabouts }) => whereabouts.kind);
  const lines = [...groups]
    .sort(([, one], [, other]) => other.length - one.length)
    .flatMap(([kind, webhooks]) => {
      const [example] = webhooks;
      const many = `${paint(colours[kind], kind.padEnd(11))}  ${webhooks.length}`;
      if (kind === 'delivered') return [`${many}  ${howLong(webhooks)}`];
      return example === undefined ? [many] : [many, `             such as: ${explain(example, relay, nowMs)}`];
    });
  return lines.join('\n');
}

function howLong(webhooks: readonly SentWebhook[]): string {
  const times = webhooks
    .flatMap(({ whereabouts }) => (whereabouts.kind === 'delivered' ? (whereabouts.tookMs ?? []) : []))
    .sort((one, other) => one - other);
  const [median, longest] = [times[Math.floor((times.length - 1) / 2)], times.at(-1)];
  if (median === undefined || longest === undefined) return '';
  return `${seconds(median)} after receipt (median), ${seconds(longest)} at most`;
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
