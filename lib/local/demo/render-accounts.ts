import { borderlessTable } from '../../operator/terminal/borderless-table.ts';
import type { Account } from './account-for-events.ts';

/** One row for each webhook, and in the end whether one is missing. */
export function renderAccounts(accounts: readonly Account[]): string {
  const rows = accounts.map(({ title, steps, posts, accountedFor }) => [
    accountedFor ? 'ok' : 'NOT ACCOUNTED FOR',
    title,
    `${posts}`,
    steps.join(', '),
  ]);
  const missing = accounts.filter(({ accountedFor }) => !accountedFor).length;
  const verdict =
    missing === 0
      ? `all ${accounts.length} events are accounted for`
      : `${missing} of ${accounts.length} events are not accounted for`;
  return `${borderlessTable([['', 'WEBHOOK', 'POSTS', 'STEPS'], ...rows])}\n\n${verdict}`;
}
