import { keyedRandom } from './keyed-random.ts';

/** One event that the sender has to tell. */
export interface PlannedEvent {
  /** The one that the relay must give it. */
  readonly eventId: string;
  readonly body: Uint8Array;
  /** When it is sent, in ms since the run began: twice, for some. */
  readonly sendAtMs: readonly number[];
}

export interface EventsPlan {
  readonly seed: number;
  readonly events: number;
  /** Over which they are spread. */
  readonly spanMs: number;
  readonly copyWithinMs: number;
}

const channelId = 'b7d2f0a4-6c1e-4a53-9f0d-2f6f0f4f7a11';
const copiedPercent = 5;
const largePercent = 2;

/** Over the default `inlineLimitBytes`: such a body travels by claim check. */
const largeTextBytes = 280_000;

/** The events of a run in the order in which they are sent. */
export function planEvents({ seed, events, spanMs, copyWithinMs }: EventsPlan): readonly PlannedEvent[] {
  return Array.from({ length: events }, (_, number) => {
    const random = keyedRandom(seed, 'event', number);
    const id = random.uuid();
    const isCopied = random.between(1, 100) <= copiedPercent;
    const isLarge = random.between(1, 100) <= largePercent;
    const sentAtMs = random.between(0, Math.floor(spanMs));
    const copyAtMs = sentAtMs + random.between(0, Math.floor(copyWithinMs));
    return {
      eventId: `${channelId}:Text:${id}`,
      body: textMessage(id, isLarge ? 'x'.repeat(largeTextBytes) : `Your order ${number} left the depot.`),
      sendAtMs: isCopied ? [sentAtMs, copyAtMs] : [sentAtMs],
    };
  }).toSorted((a, b) => (a.sendAtMs[0] ?? 0) - (b.sendAtMs[0] ?? 0));
}

/** As samples/open-messaging-text.json, as far as it matters. */
function textMessage(id: string, text: string): Uint8Array {
  const channel = { id: channelId, platform: 'Open', type: 'Private', messageId: id };
  return Buffer.from(JSON.stringify({ id, channel, type: 'Text', text, direction: 'Outbound' }));
}
