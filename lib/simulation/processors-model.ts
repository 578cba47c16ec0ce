import type { Gate } from '../../lambdas/breaker/gate.ts';
import { largestBatch } from '../../lambdas/contract/aws-limits.ts';
import { batchPace, heldSeconds } from './batch-time.ts';
import type { BreakerModel } from './breaker-model.ts';
import type { DestinationModel } from './destination-model.ts';
import { messagesIn, type RouteQueue } from './route-queue.ts';
import type { Cell } from './waiting-line.ts';

/** Batches that were begun side by side, under the same gate. */
export interface Round {
  readonly gate: Gate;
  readonly cells: readonly Cell[];
  /** A fraction at the end stands for a batch of fewer than ten. */
  readonly batches: number;
  /** Events of each batch that there is time for. */
  readonly posts: number;
  /** How long each processor is busy with its batch. */
  readonly seconds: number;
  readonly begunAtS: number;
}

export interface ProcessorsModel {
  /** One second of work. */
  advance(nowS: number, concurrency: number): void;
  /** Most processors that were at work in that second. */
  readonly busiest: number;
}

/** Less than this is rounding. */
const nothing = 1e-6;

/**
 * Processors that each take a batch, work it off, and take the next. Where a batch takes less than a second, all of
 * them begin together, again and again: so each round reads the gate as the one before has left it, as the real ones
 * do. Longer batches keep their processor for as many seconds as they take.
 */
export function processorsModel(
  queue: RouteQueue,
  breaker: BreakerModel,
  destination: DestinationModel,
  finish: (round: Round, nowS: number) => void,
): ProcessorsModel {
  const finishing = new Map<number, Round[]>();
  /** Processors that a second to come finds busy with an earlier batch; a fraction for those that become free in it. */
  const busy = new Map<number, number>();
  /** Of the last second, too short for another round. */
  let carriedSeconds = 0;
  let busiest = 0;

  function begin(nowS: number, gate: Gate, seconds: number, posts: number, processors: number): Round | undefined {
    const cells = queue.receive(processors * largestBatch);
    const messages = messagesIn(cells);
    if (messages < nothing) return undefined;
    return { gate, cells, batches: messages / largestBatch, posts, seconds, begunAtS: nowS };
  }

  function keepBusy(round: Round, nowS: number): void {
    for (let ahead = 1; ahead < round.seconds; ahead++) {
      const share = Math.min(1, round.seconds - ahead);
      busy.set(nowS + ahead, (busy.get(nowS + ahead) ?? 0) + round.batches * share);
    }
    const doneS = nowS + Math.floor(round.seconds);
    finishing.set(doneS, [...(finishing.get(doneS) ?? []), round]);
  }

  return {
    advance(nowS, concurrency) {
      for (const round of finishing.get(nowS) ?? []) finish(round, nowS);
      finishing.delete(nowS);
      const occupied = busy.get(nowS) ?? 0;
      busy.delete(nowS);
      busiest = occupied;
      const free = Math.max(0, concurrency - occupied);
      let leftSeconds = 1 + carriedSeconds;
      carriedSeconds = 0;
      while (free > nothing && leftSeconds > nothing) {
        const gate = breaker.gate(nowS);
        const { seconds, posts } = paceOf(gate, destination.postMs(nowS));
        if (seconds <= 1 && seconds > leftSeconds) {
          carriedSeconds = leftSeconds;
          return;
        }
        const round = begin(nowS, gate, seconds, posts, free);
        if (round === undefined) return;
        busiest = Math.max(busiest, occupied + round.batches);
        if (seconds > 1) {
          keepBusy(round, nowS);
          return;
        }
        finish(round, nowS);
        leftSeconds -= seconds;
      }
    },

    get busiest() {
      return busiest;
    },
  };
}

function paceOf(gate: Gate, postMs: number): { readonly seconds: number; readonly posts: number } {
  return gate.kind === 'pass' ? batchPace(gate.width, postMs) : { seconds: heldSeconds, posts: 0 };
}
