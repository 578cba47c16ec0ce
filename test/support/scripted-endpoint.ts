import { type Delivery, type DestinationBehaviour, startDestination } from '../../lib/local/destination.ts';
import { type Sightings, watchFor } from '../../lib/local/sightings.ts';

/** A destination that does as it is told, and remembers every request with its raw bytes. */
export interface ScriptedDestination extends Sightings<Delivery> {
  readonly url: string;
  /** How it answers requests that no script is left for. Default: 200. */
  otherwise(behaviour: DestinationBehaviour): void;
  /** How it answers the next requests for one event, in order. */
  script(eventId: string, ...behaviours: DestinationBehaviour[]): void;
  close(): Promise<void>;
}

export async function startScriptedDestination(): Promise<ScriptedDestination> {
  const received = watchFor<Delivery>('delivery');
  const scripts = new Map<string, DestinationBehaviour[]>();
  let fallback: DestinationBehaviour = answering(200);
  const { url, close } = await startDestination({
    onDelivery: received.add,
    behave: ({ eventId }) => scripts.get(eventId)?.shift() ?? fallback,
  });
  return {
    url,
    close,
    all: received.all,
    waitFor: received.waitFor,
    otherwise: (behaviour) => {
      fallback = behaviour;
    },
    script: (eventId, ...behaviours) => {
      scripts.set(eventId, [...(scripts.get(eventId) ?? []), ...behaviours]);
    },
  };
}

/** @param body default: none */
export function answering(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): DestinationBehaviour {
  return { kind: 'answer', status, headers, body };
}
