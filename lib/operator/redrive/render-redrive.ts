import { relayCommand } from '../connection/relay-command.ts';
import type { RelayLocation } from '../connection/relay-location.ts';
import { borderlessTable } from '../terminal/borderless-table.ts';
import { count, printable, shortenMiddle } from '../terminal/printable.ts';
import type { Paint, Terminal } from '../terminal/terminal.ts';
import type { RedrivenMessage } from './execute-redrive.ts';
import { plannedCount, type RedrivePlan } from './plan-redrive.ts';
import { type StopReason, type StopRule, vanguard } from './redrive-gate.ts';
import { lengthOfTime } from './redrive-pace.ts';
import type { EventOutcome, WatchedEvent } from './watch-outcomes.ts';

/** More rows than this push the question off the screen. */
const mostRows = 20;

/** With the whole message id and a cause, a row still fits 100 columns. */
const longestEventId = 16;

/** The plan as the operator confirms it: what goes where, and what of it the destination has already. */
export function renderPlan(
  plan: RedrivePlan,
  relay: Pick<RelayLocation, 'flags'>,
  { paint, columns }: Pick<Terminal, 'paint' | 'columns'>,
): string {
  const lines: string[] = [];
  for (const { route, queueUrl, messages } of plan) {
    const what = `: ${count(messages.length, 'dead letter')} to `;
    const room = columns === undefined ? queueUrl.length : Math.max(20, columns - route.length - what.length);
    lines.push(`${paint('bold', route)}${what}${shortenMiddle(queueUrl, room)}`);
    const rows = messages
      .slice(0, mostRows)
      .map(({ messageId, eventId, cause, alreadyDelivered }) => [
        `  ${messageId}`,
        printable(cause),
        shortenMiddle(printable(eventId ?? '-'), longestEventId),
        alreadyDelivered ? paint('yellow', 'already delivered') : '',
      ]);
    lines.push(borderlessTable(rows));
    if (messages.length > mostRows)
      lines.push(`  and ${messages.length - mostRows} more: \`${relayCommand(relay, 'dlq list --each')}\` has all`);
  }
  const delivered = plan.flatMap(({ messages }) => messages).filter(({ alreadyDelivered }) => alreadyDelivered);
  if (delivered.length > 0) {
    lines.push(`${delivered.length} of ${plannedCount(plan)} already delivered: sent all the same, not posted again`);
  }
  return lines.join('\n');
}

/** How fast it will go, and what will stop it. */
export function renderRule({ rate, stopAtPercent }: StopRule, total: number): string {
  const pace = `at ${rate} a second: ${lengthOfTime(total / rate)} or more`;
  if (stopAtPercent === 'never') return `${pace}, whatever becomes of them`;
  const first = total > vanguard ? `the first ${vanguard} of each route go ahead; ` : '';
  return `${pace}\n${first}it stops when ${stopAtPercent}% of the latest outcomes fail again`;
}

/** What became of the plan: one line with the numbers, and one for each message that was not redriven. */
export function renderOutcome(messages: readonly RedrivenMessage[], events: readonly WatchedEvent[], paint: Paint) {
  const lines: string[] = [];
  const redriven = messages.filter(({ outcome }) => outcome.kind === 'redriven').length;
  const isWell = redriven === messages.length && events.every(({ outcome }) => outcome !== 'failed-again');
  const fared = faring(events);
  lines.push(
    paint(isWell ? 'green' : 'yellow', `${redriven} of ${count(messages.length, 'dead letter')} redriven`) +
      (fared === '' ? '' : `: ${fared}`),
  );
  for (const { messageId, outcome } of messages) {
    if (outcome.kind === 'failed') lines.push(`  ${messageId}  failed: ${outcome.error}`);
    if (outcome.kind === 'missing') {
      lines.push(`  ${messageId}  missing: no longer in the dead letter queue, or held by another reader for a minute`);
    }
  }
  const notReached = messages.filter(({ outcome }) => outcome.kind === 'not-reached').length;
  if (notReached > 0)
    lines.push(`  stopped before ${count(notReached, 'dead letter')}: still in the dead letter queue`);
  return lines.join('\n');
}

const words: Readonly<Record<EventOutcome, string>> = {
  delivered: 'delivered',
  'failed-again': 'failed again',
  retrying: 'failed, to be tried again',
  'under-way': 'under way',
};

/** `38 delivered, 2 failed again`; empty when there is nothing to tell. */
export function faring(events: readonly WatchedEvent[]): string {
  return Object.entries(words)
    .map(([outcome, word]) => [events.filter((event) => event.outcome === outcome).length, word] as const)
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(', ');
}

/** Why a redrive was stopped, in one line. The destination's own words make no part of it. */
export function renderStop(reason: StopReason, relay: Pick<RelayLocation, 'flags'>): string {
  switch (reason.kind) {
    case 'failing':
      return (
        `stopped: ${reason.failed} of the latest ${reason.of} outcomes of route ${reason.route} failed again ` +
        `(${printable(reason.reasons.join(', '))})`
      );
    case 'no-news':
      return (
        `stopped: of ${reason.sent} sent on route ${reason.route} nothing, or too little, was heard for ` +
        `${reason.seconds} s: see \`${relayCommand(relay, 'route list')}\`; go on regardless with --stop-at never`
      );
  }
}
