import type { SeededRandom } from './seeded-random.ts';

/** Participants, sessions, metrics and segments as analytics names them; times are ISO text, metric values milliseconds. */
export interface Participant {
  readonly participantId: string;
  readonly participantName: string;
  readonly purpose: 'customer' | 'workflow' | 'acd' | 'agent';
  readonly userId?: string;
  readonly sessions: readonly Session[];
}

interface Session {
  readonly sessionId: string;
  readonly mediaType: 'message';
  readonly messageType: 'open';
  readonly provider: 'PureCloud Messaging';
  readonly direction: 'inbound';
  readonly addressFrom: string;
  readonly addressTo: string;
  readonly metrics: readonly Metric[];
  readonly segments: readonly Segment[];
}

export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly emitDate: string;
}

export interface Segment {
  readonly segmentType: 'ivr' | 'interact' | 'alert' | 'wrapup';
  readonly segmentStart: string;
  readonly segmentEnd: string;
  readonly queueId?: string;
  readonly disconnectType?: 'endpoint' | 'transfer' | 'client';
  readonly wrapUpCode?: string;
  readonly wrapUpNote?: string;
}

/** One time the customer came and was served: by the flow, then the queue, then an agent. */
export interface Visit {
  readonly startMs: number;
  readonly endMs: number;
  readonly participants: readonly Participant[];
}

const deliveriesQueueId = '8e4f1d27-90b3-4c6a-a5d8-1f7e2b6c3094';

type AtLeastOne<Item> = readonly [Item, ...Item[]];

const agents: AtLeastOne<{ readonly name: string; readonly userId: string }> = [
  { name: 'Ines Duarte', userId: '4b8c2a61-7d0e-4f35-92c8-6e1a9f3d5b70' },
  { name: 'Tomasz Wolny', userId: 'd93f60b8-15a7-4e2c-8b41-c7e05a2f9d16' },
  { name: 'Aoife Brennan', userId: '21e7c5d4-b86f-4093-a7de-3f90c1b84a62' },
];

const outcomes: AtLeastOne<Pick<Segment, 'wrapUpCode' | 'wrapUpNote'>> = [
  { wrapUpCode: '5a0d9e73-2c4b-4f18-8e96-b1d7f3a6c025', wrapUpNote: 'Delivery date confirmed with the depot.' },
  { wrapUpCode: 'f7b21c48-e039-4da5-96c2-08a4d5e1b973', wrapUpNote: 'Customer asked for a photo of the parcel.' },
  { wrapUpCode: '93c6e8f0-4a17-4b5d-b2e1-7d9f0c3a5864', wrapUpNote: 'Rescheduled to the next working day.' },
];

/** A visit of this length. Flow, queue and alert take 20 s at most, so an agent is there from then on. */
export function buildVisit(random: SeededRandom, { startMs, endMs }: { startMs: number; endMs: number }): Visit {
  const queuedAtMs = startMs + random.between(6_000, 10_000);
  const offeredAtMs = queuedAtMs + random.between(2_000, 6_000);
  const answeredAtMs = offeredAtMs + random.between(2_000, 4_000);
  return {
    startMs,
    endMs,
    participants: [
      participant(
        random,
        { name: 'Deliveries inbound flow', purpose: 'workflow' },
        [metric('nConnected', 1, startMs), metric('tIvr', queuedAtMs - startMs, queuedAtMs)],
        [{ ...segment('ivr', startMs, queuedAtMs), disconnectType: 'transfer' }],
      ),
      participant(
        random,
        { name: 'Deliveries', purpose: 'acd' },
        [
          metric('nOffered', 1, queuedAtMs),
          metric('nConnected', 1, queuedAtMs),
          metric('tAcd', answeredAtMs - queuedAtMs, answeredAtMs),
          metric('oServiceTarget', 30_000, answeredAtMs),
        ],
        [{ ...segment('interact', queuedAtMs, answeredAtMs), queueId: deliveriesQueueId, disconnectType: 'transfer' }],
      ),
      agent(random, { offeredAtMs, answeredAtMs, endMs }),
    ],
  };
}

/** The agent's part: a turn of conversation every one to four minutes; both response times of a turn fit into it. */
function agent(random: SeededRandom, times: { offeredAtMs: number; answeredAtMs: number; endMs: number }): Participant {
  const { offeredAtMs, answeredAtMs, endMs } = times;
  const wrappedUpAtMs = endMs + random.between(20_000, 90_000);
  const turns: Metric[] = [];
  const nextTurnMs = (fromMs: number) => fromMs + random.between(60_000, 240_000);
  for (let turnAtMs = nextTurnMs(answeredAtMs); turnAtMs < endMs; turnAtMs = nextTurnMs(turnAtMs)) {
    turns.push(
      metric('tAgentResponseTime', random.between(4_000, 30_000), turnAtMs),
      metric('tUserResponseTime', random.between(6_000, 30_000), turnAtMs),
      metric('oMessageTurn', 1, turnAtMs),
    );
  }
  const { name, userId } = pick(random, agents);
  return participant(
    random,
    { name, purpose: 'agent', userId },
    [
      metric('nConnected', 1, answeredAtMs),
      metric('tAlert', answeredAtMs - offeredAtMs, answeredAtMs),
      metric('tAnswered', answeredAtMs - offeredAtMs, answeredAtMs),
      ...turns,
      metric('tTalkComplete', endMs - answeredAtMs, endMs),
      metric('tAcw', wrappedUpAtMs - endMs, wrappedUpAtMs),
      metric('tHandle', wrappedUpAtMs - answeredAtMs, wrappedUpAtMs),
    ],
    [
      { ...segment('alert', offeredAtMs, answeredAtMs), queueId: deliveriesQueueId },
      { ...segment('interact', answeredAtMs, endMs), queueId: deliveriesQueueId, disconnectType: 'client' },
      { ...segment('wrapup', endMs, wrappedUpAtMs), queueId: deliveriesQueueId, ...pick(random, outcomes) },
    ],
  );
}

function participant(
  random: SeededRandom,
  who: { name: string; purpose: Participant['purpose']; userId?: string },
  metrics: readonly Metric[],
  segments: readonly Segment[],
): Participant {
  return {
    participantId: random.uuid(),
    participantName: who.name,
    purpose: who.purpose,
    ...(who.userId !== undefined && { userId: who.userId }),
    sessions: [
      {
        sessionId: random.uuid(),
        mediaType: 'message',
        messageType: 'open',
        provider: 'PureCloud Messaging',
        direction: 'inbound',
        addressFrom: 'cust-48213@chat.example',
        addressTo: 'b7d2f0a4-6c1e-4a53-9f0d-2f6f0f4f7a11',
        metrics,
        segments,
      },
    ],
  };
}

function metric(name: string, value: number, emittedAtMs: number): Metric {
  return { name, value, emitDate: new Date(emittedAtMs).toISOString() };
}

function segment(segmentType: Segment['segmentType'], startMs: number, endMs: number): Segment {
  return {
    segmentType,
    segmentStart: new Date(startMs).toISOString(),
    segmentEnd: new Date(endMs).toISOString(),
  };
}

function pick<Item>(random: SeededRandom, items: AtLeastOne<Item>): Item {
  return items[random.between(0, items.length - 1)] ?? items[0];
}
