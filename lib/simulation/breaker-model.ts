import type { BreakerPorts } from '../../lambdas/breaker/breaker-ports.ts';
import { type Gate, gateOf } from '../../lambdas/breaker/gate.ts';
import { lookAfterRoute } from '../../lambdas/breaker/look-after-route.ts';
import { observeAttempts, type Tally } from '../../lambdas/breaker/observe-attempts.ts';
import { type BreakerState, closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { eventIdOf } from '../../lambdas/contract/message-event-id.ts';
import { type TrialMessage, writeTrialMessage } from '../../lambdas/contract/parked-message.ts';
import type { TrialResult } from '../../lambdas/contract/trial-call.ts';
import { breakerSettings, queueRetentionSeconds } from '../infra/timings.ts';
import type { MappingModel } from './mapping-model.ts';
import type { RouteQueue } from './route-queue.ts';

/** The switch of the simulated route. */
export interface BreakerModel {
  readonly phase: BreakerState['phase']['kind'];
  gate(nowS: number): Gate;
  /** What one batch has seen. `changed` where that was written. */
  report(tally: Tally, nowS: number): { readonly paused: boolean; readonly changed: boolean };
  /** What the scheduled function does each minute. */
  tick(nowS: number): Promise<void>;
}

const queueRetentionMs = queueRetentionSeconds * 1_000;

/** The breaker knows epoch milliseconds, among which 0 stands for never. */
const clockMs = (nowS: number) => Date.UTC(2026, 0, 1) + nowS * 1_000;

/** No breaker at all: the route stays open, whatever the destination answers. */
export function withoutBreaker(maxConcurrency: number): BreakerModel {
  return {
    phase: 'closed',
    gate: (nowS) => gateOf(closedBreaker, clockMs(nowS), { maxConcurrency, queueRetentionMs }),
    report: () => ({ paused: false, changed: false }),
    tick: async () => {},
  };
}

/** What stands on the far side of the breaker's ports. */
export interface BreakerWorld {
  readonly maxConcurrency: number;
  readonly queue: RouteQueue;
  readonly mapping: MappingModel;
  readonly tryDestination: (nowS: number) => TrialResult;
}

/** The relay's own breaker, with the settings it is deployed with: only what it touches is a model. */
export function withBreaker({ maxConcurrency, queue, mapping, tryDestination }: BreakerWorld): BreakerModel {
  let state: BreakerState = closedBreaker;
  let tickAtS = 0;
  let copies = 0;
  const parked = new Map<string, string>();
  const copyOfEvent = (): TrialMessage => {
    const messageId = String(++copies);
    return { messageId, receiptHandle: '', message: { body: messageId, attributes: {} } };
  };
  const route = { name: 'simulated', queueUrl: '', mappingId: '', processorName: '', maxConcurrency };

  const ports: BreakerPorts = {
    settings: breakerSettings,
    queueRetentionMs,
    states: {
      read: async () => state,
      replace: async (_route, next) => {
        state = next;
        return 'written';
      },
    },
    mappings: mapping,
    parked: {
      put: async (key, text) => void parked.set(key, text),
      get: async (key) => parked.get(key) ?? 'missing',
      delete: async (key) => void parked.delete(key),
      list: async () => [...parked.keys()],
    },
    async takeSome(_queueUrl, most) {
      const cells = queue.receive(most);
      // On AWS the originals are hidden for hours, and their copies posted in their stead: a few events either way.
      for (const cell of cells) queue.hide(cell, tickAtS, 0);
      const taken = Math.round(cells.reduce((sum, cell) => sum + cell.messages, 0));
      return Array.from({ length: taken }, copyOfEvent);
    },
    hideTaken: async () => {},
    removeTaken: async () => {},
    depthOf: async () => ({ visible: queue.visible, hidden: queue.inFlight }),
    tryDestination: async () => tryDestination(tickAtS),
    now: () => clockMs(tickAtS),
    newId: () => String(++copies),
    log: () => {},
  };

  return {
    get phase() {
      return state.phase.kind;
    },

    gate: (nowS) => gateOf(state, clockMs(nowS), { maxConcurrency, queueRetentionMs }),

    report(tally, nowS) {
      const next = observeAttempts(state, tally, clockMs(nowS), breakerSettings);
      if (next !== undefined) {
        const opens = next.phase.kind === 'open' && state.phase.kind !== 'open';
        state = opens ? withCopy(next) : next;
      }
      return { paused: state.phase.kind === 'open', changed: next !== undefined };
    },

    async tick(nowS) {
      tickAtS = nowS;
      await lookAfterRoute(route, ports);
    },
  };

  /** The processor that pauses a route leaves a copy of a failed event for the trials. */
  function withCopy(next: BreakerState): BreakerState {
    const failed = copyOfEvent();
    parked.set(failed.messageId, writeTrialMessage(failed));
    const trial = { key: failed.messageId, eventId: eventIdOf(failed.message) };
    return { ...next, trials: [...next.trials, trial] };
  }
}
