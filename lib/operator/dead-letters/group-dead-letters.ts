import { type DeadLetter, expiresAtMs } from './dead-letter.ts';

/** What `--group-by` takes. */
export const groupings = ['route', 'cause', 'status', 'age'] as const;

export type Grouping = (typeof groupings)[number];

/** What most questions at night are about. */
export const usualGroupings: readonly Grouping[] = ['route', 'cause', 'status'];

/** Dead letters that are alike. */
export interface DeadLetterGroup {
  /** In the order of the groupings: the route, the cause, the last status or `none`, the age. */
  readonly alike: Readonly<Partial<Record<Grouping, string>>>;
  readonly count: number;
  readonly oldestReceivedAtMs: number;
  readonly newestReceivedAtMs: number;
  /** When SQS deletes the first of them. */
  readonly firstExpiresAtMs: number;
  /** Those whose event the destination has accepted since, from another copy. */
  readonly delivered: number;
  /** The oldest of them. */
  readonly example: Pick<DeadLetter, 'messageId' | 'eventId'>;
}

/** Counts dead letters one after the other, and keeps none of them. */
export interface GroupCount {
  add(deadLetter: DeadLetter): void;
  /** The largest first. */
  groups(): readonly DeadLetterGroup[];
}

export function countGroups(by: readonly Grouping[], nowMs: number): GroupCount {
  const groups = new Map<string, DeadLetterGroup>();
  return {
    add(deadLetter) {
      const alike = Object.fromEntries(by.map((grouping) => [grouping, wordFor(deadLetter, grouping, nowMs)]));
      const key = JSON.stringify(alike);
      const group = groups.get(key);
      groups.set(key, group === undefined ? groupOf(deadLetter, alike) : joined(group, deadLetter));
    },
    groups: () => [...groups.values()].toSorted((a, b) => b.count - a.count),
  };
}

function groupOf(deadLetter: DeadLetter, alike: DeadLetterGroup['alike']): DeadLetterGroup {
  const { messageId, eventId, receivedAtMs } = deadLetter;
  return {
    alike,
    count: 1,
    oldestReceivedAtMs: receivedAtMs,
    newestReceivedAtMs: receivedAtMs,
    firstExpiresAtMs: expiresAtMs(deadLetter),
    delivered: deadLetter.deliveryStatus === 'delivered' ? 1 : 0,
    example: { messageId, eventId },
  };
}

function joined(group: DeadLetterGroup, deadLetter: DeadLetter): DeadLetterGroup {
  const other = groupOf(deadLetter, group.alike);
  return {
    alike: group.alike,
    count: group.count + 1,
    oldestReceivedAtMs: Math.min(group.oldestReceivedAtMs, other.oldestReceivedAtMs),
    newestReceivedAtMs: Math.max(group.newestReceivedAtMs, other.newestReceivedAtMs),
    firstExpiresAtMs: Math.min(group.firstExpiresAtMs, other.firstExpiresAtMs),
    delivered: group.delivered + other.delivered,
    example: other.oldestReceivedAtMs < group.oldestReceivedAtMs ? other.example : group.example,
  };
}

const hourMs = 3_600_000;

/** How long ago a webhook was received, in steps that fit an incident first and the 14 days of retention last. */
const ages: readonly (readonly [belowMs: number, label: string])[] = [
  [hourMs, 'under 1h'],
  [6 * hourMs, '1h to 6h'],
  [24 * hourMs, '6h to 1d'],
  [72 * hourMs, '1d to 3d'],
  [168 * hourMs, '3d to 7d'],
  [Infinity, '7d and over'],
];

function wordFor({ route, cause, lastStatus, receivedAtMs }: DeadLetter, grouping: Grouping, nowMs: number): string {
  switch (grouping) {
    case 'route':
      return route;
    case 'cause':
      return cause;
    case 'status':
      return String(lastStatus ?? 'none');
    case 'age':
      return ages.find(([belowMs]) => nowMs - receivedAtMs < belowMs)?.[1] ?? '';
  }
}
