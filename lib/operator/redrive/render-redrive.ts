import { borderlessTable } from '../terminal/borderless-table.ts';
import { count, printable, shortenMiddle } from '../terminal/printable.ts';
import type { Paint } from '../terminal/terminal.ts';
import type { RedrivenMessage } from './execute-redrive.ts';
import { plannedCount, type RedrivePlan } from './plan-redrive.ts';

/** More rows than this push the question off the screen. */
const mostRows = 20;

/** The plan as the operator confirms it: what goes where, and what of it the destination has already. */
export function renderPlan(plan: RedrivePlan, paint: Paint): string {
  const lines: string[] = [];
  for (const { route, queueUrl, messages } of plan) {
    lines.push(`${paint('bold', route)}: ${count(messages.length, 'dead letter')} to ${queueUrl}`);
    const rows = messages
      .slice(0, mostRows)
      .map(({ messageId, eventId, cause, alreadyDelivered }) => [
        `  ${messageId}`,
        printable(cause),
        shortenMiddle(printable(eventId ?? '-'), 36),
        alreadyDelivered ? paint('yellow', 'already delivered') : '',
      ]);
    lines.push(borderlessTable(rows));
    if (messages.length > mostRows) lines.push(`  and ${messages.length - mostRows} more: \`relay dlq list\` has all`);
  }
  const delivered = plan.flatMap(({ messages }) => messages).filter(({ alreadyDelivered }) => alreadyDelivered);
  if (delivered.length > 0) {
    lines.push(`${delivered.length} of ${plannedCount(plan)} already delivered: sent all the same, not posted again`);
  }
  return lines.join('\n');
}

/** What became of the plan: one line with the numbers, and one for each message that was not redriven. */
export function renderOutcome(messages: readonly RedrivenMessage[], paint: Paint): string {
  const lines: string[] = [];
  const redriven = messages.filter(({ outcome }) => outcome.kind === 'redriven').length;
  const isAll = redriven === messages.length;
  lines.push(paint(isAll ? 'green' : 'yellow', `${redriven} of ${count(messages.length, 'dead letter')} redriven`));
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
