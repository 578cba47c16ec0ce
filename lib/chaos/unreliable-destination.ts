import type { Delivery, DestinationBehaviour } from '../local/destination.ts';
import { startDestination } from '../local/destination.ts';
import { type LoopbackServer, PortTakenError } from '../local/loopback-server.ts';
import { keyedRandom } from './keyed-random.ts';
import { type PlannedAnswer, planAnswer } from './plan-answer.ts';
import { heldPostMs } from './plan-crash.ts';
import type { Trouble } from './plan-outages.ts';

/** A POST as the destination saw it. */
export interface SeenPost {
  readonly eventId: string;
  readonly atMs: number;
  /** Whether the destination has the event now, by this POST. */
  readonly taken: boolean;
  readonly body: Uint8Array;
}

/** An endpoint that answers as planned, when it is up. */
export interface UnreliableDestination {
  readonly url: string;
  readonly posts: readonly SeenPost[];
  /** The most POSTs that were under way at one time. */
  readonly highestConcurrency: () => number;
  /** Answers the next POST of these events late, but in time. */
  hold(eventIds: readonly string[]): void;
  /** Begins an outage, changes its kind, or ends it. */
  suffer(trouble: Trouble | 'none'): Promise<void>;
  close(): Promise<void>;
}

export interface UnreliableDestinationOptions {
  readonly seed: number;
  /** How long the relay waits for an answer. */
  readonly timeoutMs: number;
}

export async function startUnreliableDestination(
  options: UnreliableDestinationOptions,
): Promise<UnreliableDestination> {
  const posts: SeenPost[] = [];
  const postsOf = new Map<string, number>();
  const held = new Set<string>();
  let trouble: Trouble | 'none' = 'none';
  let underWay = 0;
  let mostUnderWay = 0;

  function decide({ eventId }: Delivery): PlannedAnswer {
    if (trouble === 'hang') return { taken: false, behaviour: { kind: 'hang' } };
    if (trouble === 'unavailable') return { taken: false, behaviour: { kind: 'answer', status: 503 } };
    const post = (postsOf.get(eventId) ?? 0) + 1;
    postsOf.set(eventId, post);
    const { taken, behaviour } = planAnswer(options.seed, eventId, post, options.timeoutMs);
    return { taken, behaviour: held.delete(eventId) ? heldBack(behaviour) : behaviour };
  }

  const behave = (delivery: Delivery): DestinationBehaviour => {
    const { taken, behaviour } = decide(delivery);
    posts.push({ eventId: delivery.eventId, atMs: Date.now(), taken, body: delivery.body });
    return behaviour;
  };
  const onDelivery = () => {
    underWay++;
    mostUnderWay = Math.max(mostUnderWay, underWay);
  };
  const onOver = () => {
    underWay--;
  };
  const listen = (port: number) => startDestination({ behave, onDelivery, onOver, port });

  let server: LoopbackServer | undefined = await listenBelowEphemeralPorts(options.seed, listen);
  const { port, url } = server;

  return {
    url,
    posts,
    highestConcurrency: () => mostUnderWay,
    hold: (eventIds) => {
      for (const eventId of eventIds) held.add(eventId);
    },
    suffer: async (next) => {
      trouble = next;
      if (next === 'refuse') {
        await server?.close();
        server = undefined;
      } else {
        server ??= await listen(port);
      }
    },
    close: async () => {
      await server?.close();
    },
  };
}

function heldBack(behaviour: DestinationBehaviour): DestinationBehaviour {
  return behaviour.kind === 'hang'
    ? behaviour
    : { ...behaviour, delayMs: Math.max(heldPostMs, behaviour.delayMs ?? 0) };
}

const firstPort = 20_000;
const lastPort = 32_000;
const mostPortsTried = 20;

/**
 * On a port that the system gives to nobody by itself: while the destination refuses connections nobody listens on it,
 * and one from the usual range could be taken by then.
 *
 * @throws PortTakenError when twenty were taken
 */
async function listenBelowEphemeralPorts(
  seed: number,
  listen: (port: number) => Promise<LoopbackServer>,
): Promise<LoopbackServer> {
  const random = keyedRandom(seed, 'port', process.pid);
  for (let tries = 1; ; tries++) {
    try {
      return await listen(random.between(firstPort, lastPort));
    } catch (error) {
      if (!(error instanceof PortTakenError) || tries === mostPortsTried) throw error;
    }
  }
}
