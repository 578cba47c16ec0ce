import { buildVisit, type Metric, type Participant, type Segment, type Visit } from './build-visit.ts';
import { seededRandom } from './seeded-random.ts';

/** The answer of `GET /api/v2/analytics/conversations/{conversationId}/details`, as far as the sample needs it. */
export interface ConversationDetail {
  readonly conversationId: string;
  readonly conversationStart: string;
  readonly conversationEnd: string;
  readonly originatingDirection: 'inbound';
  readonly divisionIds: readonly string[];
  readonly participants: readonly Participant[];
}

/** The visit that the other samples show: from the customer's first message to the `customer.end` event. */
const lastVisit = {
  startMs: Date.parse('2026-03-04T10:14:58.120Z'),
  endMs: Date.parse('2026-03-04T10:40:11.000Z'),
};

/** Any number does; it only has to stay the same. */
const seed = 48_213;

/**
 * The conversation of the other samples as analytics tells it: one customer who came back several times a day. It
 * grows backwards in time, by whole visits, until its compact JSON has at least `minimumBytes` bytes; so the last
 * visit is the same at every size, and equal sizes give equal details.
 */
export function buildConversationDetail(minimumBytes: number): ConversationDetail {
  const random = seededRandom(seed);
  const visits: Visit[] = [];
  let bytes = 0;
  let endMs = lastVisit.endMs;
  let startMs = lastVisit.startMs;
  do {
    const visit = buildVisit(random, { startMs, endMs });
    visits.unshift(visit);
    bytes += Buffer.byteLength(JSON.stringify([visit.participants, customerMetric(visit), customerSegment(visit)]));
    endMs = startMs - random.between(2 * 60, 9 * 60) * 60_000;
    startMs = endMs - random.between(8 * 60, 40 * 60) * 1000;
  } while (bytes < minimumBytes);

  return {
    conversationId: '0c4a6b1e-7f3d-4b0e-8a3c-51d0b9f7e2aa',
    conversationStart: new Date(visits[0]?.startMs ?? lastVisit.startMs).toISOString(),
    conversationEnd: new Date(lastVisit.endMs).toISOString(),
    originatingDirection: 'inbound',
    divisionIds: ['aa11bb22-cc33-4d44-8e55-ff6677889900'],
    participants: [customer(visits), ...visits.flatMap((visit) => visit.participants)],
  };
}

/** The customer is one participant with one session throughout; the other side is a new set for each visit. */
function customer(visits: readonly Visit[]): Participant {
  return {
    participantId: '6f0e4c2b-8d11-4f57-9a0a-c7c1d2e3f4a5',
    participantName: 'Customer 48213',
    purpose: 'customer',
    sessions: [
      {
        sessionId: 'e2b1a0c9-3344-4d5e-8f60-718293a4b5c6',
        mediaType: 'message',
        messageType: 'open',
        provider: 'PureCloud Messaging',
        direction: 'inbound',
        addressFrom: 'cust-48213@chat.example',
        addressTo: 'b7d2f0a4-6c1e-4a53-9f0d-2f6f0f4f7a11',
        metrics: visits.map(customerMetric),
        segments: visits.map(customerSegment),
      },
    ],
  };
}

function customerMetric({ startMs }: Visit): Metric {
  return { name: 'nConnected', value: 1, emitDate: new Date(startMs).toISOString() };
}

/** Between two visits the customer is away, but only the end of the last one is a disconnect. */
function customerSegment({ startMs, endMs }: Visit): Segment {
  return {
    segmentType: 'interact',
    segmentStart: new Date(startMs).toISOString(),
    segmentEnd: new Date(endMs).toISOString(),
    ...(endMs === lastVisit.endMs && { disconnectType: 'endpoint' }),
  };
}
