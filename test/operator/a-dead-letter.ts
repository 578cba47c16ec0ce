import type { DeadLetter } from '../../lib/operator/dead-letters/dead-letter.ts';

export const nowMs = 1_790_000_000_000;

/** Rejected an hour ago. */
export function aDeadLetter(changed: Partial<DeadLetter> = {}): DeadLetter {
  return {
    messageId: '5fea7756-0ea4-451a-a703-a558b933e274',
    route: 'open-messaging',
    eventId: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    cause: 'rejected',
    attempts: 1,
    lastStatus: 422,
    lastError: undefined,
    lastAnswer: undefined,
    receivedAtMs: nowMs - 3_600_000,
    sentAtMs: nowMs - 3_590_000,
    editedAtMs: undefined,
    deliveryStatus: 'failed',
    record: undefined,
    attributes: {},
    ...changed,
  };
}
