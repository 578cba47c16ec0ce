import type { Tally } from '../../lambdas/breaker/observe-attempts.ts';
import { largestBatch } from '../../lambdas/contract/aws-limits.ts';
import { backoffSeconds, faultBackoffSeconds } from '../../lambdas/processor/backoff.ts';
import { giveBackSeconds } from '../../lambdas/processor/hold-batch.ts';
import { breakerSettings } from '../infra/timings.ts';
import type { BreakerModel } from './breaker-model.ts';
import type { DestinationModel } from './destination-model.ts';
import type { Round } from './processors-model.ts';
import type { RouteQueue } from './route-queue.ts';
import { timings } from './scenario.ts';
import type { Tolls } from './tolls.ts';
import type { Cell } from './waiting-line.ts';

/** What a second has seen so far. */
export interface Counters {
  posts: number;
  delivered: number;
  dead: number;
  /** Age of the oldest event that was delivered, or became a dead letter. */
  oldestSettledS: number;
}

/** Chance in a model of expectations: evenly spread draws, each for its share of the messages. */
const draws = Array.from({ length: 16 }, (_, index) => (index + 0.5) / 16);

/** What comes of the batches of a round: the rules of `lambdas/processor/process-batch.ts`, for counts of messages. */
export function roundFinisher(
  world: {
    readonly queue: RouteQueue;
    readonly breaker: BreakerModel;
    readonly destination: DestinationModel;
    readonly tolls: Tolls;
  },
  counters: Counters,
): (round: Round, nowS: number) => void {
  const { queue, breaker, destination, tolls } = world;

  function hide(cell: Cell, nowS: number, secondsFor: (random: () => number) => number): void {
    tolls.hide(cell.messages);
    const messages = cell.messages / draws.length;
    for (const draw of draws)
      queue.hide(
        { ...cell, messages },
        nowS,
        secondsFor(() => draw),
      );
  }

  const giveBack = (cell: Cell, nowS: number) =>
    hide(cell, nowS, (random) => giveBackSeconds(breakerSettings.pausedHideSeconds, random));

  function settle(cell: Cell, nowS: number): void {
    queue.acknowledge(cell.messages);
    if (cell.messages > 0) counters.oldestSettledS = Math.max(counters.oldestSettledS, nowS - cell.oldestAtS);
  }

  function fail(cell: Cell, nowS: number, counts: boolean, pausedShare: number): void {
    const attempts = cell.attempts + 1;
    if (counts && attempts >= timings.retry.maxAttempts) {
      tolls.deadLetter(cell.messages);
      counters.dead += cell.messages;
      settle(cell, nowS);
      return;
    }
    const backoff = (random: () => number) =>
      counts ? backoffSeconds(attempts, timings.retry, random) : faultBackoffSeconds(cell.receives, random);
    const failed = counts ? { ...cell, attempts } : cell;
    const paused = cell.messages * pausedShare;
    if (paused < cell.messages) hide({ ...failed, messages: cell.messages - paused }, nowS, backoff);
    if (paused === 0) return;
    // As `hideUntilReopened`: their backoff is short, and the route is paused for longer.
    const untilReopened = (random: () => number) => Math.max(backoff(random), breakerSettings.pausedHideSeconds);
    hide({ ...failed, messages: paused }, nowS, untilReopened);
  }

  /** @returns the share of the batches that found the route paused when they told what they had seen */
  function report(batches: number, posts: number, failingShare: number, nowS: number): number {
    let paused = 0;
    for (let left = batches; left > 0; left--) {
      const share = Math.min(1, left);
      const attempts = posts * share;
      const tally: Tally = {
        attempts,
        failures: failingShare * attempts,
        overruns: 0,
        waitUntilMs: 0,
        // It is of use for single events only, which the model does not tell apart.
        lastDeliveredAtMs: 0,
        ...(failingShare > 0 ? { error: 'HTTP 503' } : {}),
      };
      const told = breaker.report(tally, nowS);
      if (told.changed) tolls.breakerWrite();
      if (told.paused) paused += share;
      // Where one batch changes nothing, another like it does not either.
      if (!told.changed) return (paused + (told.paused ? left - share : 0)) / batches;
    }
    return paused / batches;
  }

  return ({ gate, cells, batches, posts, seconds, begunAtS }, nowS) => {
    tolls.batches(batches, seconds);
    if (gate.kind !== 'pass') {
      for (const cell of cells) giveBack(cell, nowS);
      return;
    }
    const failingShare = destination.failingShare(begunAtS);
    // While the destination is only being tried, a batch ends with its first failure.
    const endsEarly = !gate.counts && failingShare > 0;
    const posted = endsEarly ? (1 - (1 - failingShare) ** posts) / failingShare : posts;
    const pausedShare = report(batches, posted, failingShare, nowS);
    for (const cell of cells) {
      const tried = cell.messages * (posted / largestBatch);
      const failed = tried * failingShare;
      counters.posts += tried;
      counters.delivered += tried - failed;
      settle({ ...cell, messages: tried - failed }, nowS);
      tolls.attempts({ ...cell, messages: tried }, tried - failed);
      if (failed > 0) fail({ ...cell, messages: failed }, nowS, gate.counts, pausedShare);
      if (tried >= cell.messages) continue;
      const rest = { ...cell, messages: cell.messages - tried };
      if (endsEarly) giveBack(rest, nowS);
      else hide(rest, nowS, () => 0);
    }
  };
}
