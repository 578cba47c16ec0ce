import { expect, test } from '@jest/globals';
import type { Step } from '../../lambdas/contract/step-log.ts';
import { metricsOf } from '../../lambdas/contract/step-metrics.ts';

const event = { route: 'chat', eventId: 'e-1' };
const attempt = { ...event, attempt: 2 };

/** A step of each kind, and what it counts for: name, unit, value, and a dimension of its own. */
const cases: { readonly [Kind in Step['step']]: readonly [Extract<Step, { step: Kind }>, readonly string[]][] } = {
  accepted: [
    [{ step: 'accepted', ...event, bytes: 9, tookMs: 12 }, ['Accepted Count 1', 'IngestLatency Milliseconds 12']],
  ],
  offloaded: [[{ step: 'offloaded', ...event, bytes: 900_000 }, ['Offloaded Count 1']]],
  spilled: [
    [
      { step: 'spilled', ...event, error: 'down', tookMs: 2_100 },
      ['Accepted Count 1', 'Spilled Count 1', 'IngestLatency Milliseconds 2100'],
    ],
  ],
  swept: [[{ step: 'swept', ...event }, []]],
  refused: [
    [{ step: 'refused', route: 'chat', reason: 'empty-body' }, ['Refused Count 1 by reason empty-body']],
    [{ step: 'refused', route: 'unknown', reason: 'unknown-route' }, ['Refused Count 1 by reason unknown-route']],
  ],
  'not-stored': [[{ step: 'not-stored', route: 'chat', error: 'down' }, ['NotStored Count 1']]],
  delivered: [
    [
      { step: 'delivered', ...attempt, status: 200, tookMs: 105, sinceReceiptMs: 6_200 },
      ['Delivered Count 1', 'DeliveryLatency Milliseconds 105', 'TimeToDelivery Milliseconds 6200'],
    ],
  ],
  retrying: [
    [
      { step: 'retrying', ...attempt, inSeconds: 5, error: 'HTTP 503', status: 503, statusClass: '5xx', tookMs: 40 },
      ['Retried Count 1 by statusClass 5xx', 'DeliveryLatency Milliseconds 40'],
    ],
  ],
  'dead-letter': [
    [
      { step: 'dead-letter', ...attempt, cause: 'rejected', status: 400, error: 'HTTP 400', tookMs: 30 },
      ['DeadLetters Count 1 by cause rejected', 'DeliveryLatency Milliseconds 30'],
    ],
    [
      { step: 'dead-letter', ...event, cause: 'foreign-pointer', error: 'leads elsewhere' },
      ['DeadLetters Count 1 by cause foreign-pointer'],
    ],
  ],
  duplicate: [[{ step: 'duplicate', ...event, of: 'delivered' }, ['Duplicates Count 1']]],
  waiting: [[{ step: 'waiting', ...event, inSeconds: 60, why: 'route-paused' }, []]],
  renewed: [[{ step: 'renewed', ...event, receives: 40 }, []]],
  trial: [[{ step: 'trial', ...event, outcome: 'failed', error: 'HTTP 503' }, []]],
  breaker: [[{ step: 'breaker', route: 'chat', from: 'closed', to: 'open' }, []]],
  'secret-unreadable': [
    [
      { step: 'secret-unreadable', route: 'chat', secret: 'arn', inUse: 'stale', error: 'down' },
      ['SecretsUnreadable Count 1'],
    ],
  ],
  fault: [[{ step: 'fault', route: 'chat', during: 'claiming the event', error: 'down' }, ['Faults Count 1']]],
};

test.each(Object.values(cases).flat())('%j', (step, expected) => {
  const metrics = metricsOf(step).map(({ name, unit, value, by }) => {
    const own = by === undefined ? '' : ` by ${Object.entries(by).flat().join(' ')}`;
    return `${name} ${unit} ${value}${own}`;
  });
  expect(metrics).toEqual(expected);
});
