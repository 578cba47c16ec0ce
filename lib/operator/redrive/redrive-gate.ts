import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { Pause } from '../pause.ts';
import type { OutcomeWatch, WatchedEvent } from './watch-outcomes.ts';

/** When a redrive ends before its plan does. */
export interface StopRule {
  /** Share of the latest outcomes, in percent, that may fail before it stops; `never`: it goes on whatever happens. */
  readonly stopAtPercent: number | 'never';
  /** Messages a second. */
  readonly rate: number;
}

/** Why a redrive was stopped. */
export type StopReason =
  | {
      readonly kind: 'failing';
      readonly route: string;
      readonly failed: number;
      readonly of: number;
      /** What the destination said, the most frequent first. */
      readonly reasons: readonly string[];
    }
  /** Nothing was heard of what was sent: the route is paused, or its processor does not come to it. */
  | { readonly kind: 'no-news'; readonly route: string; readonly sent: number; readonly seconds: number };

export interface RedriveGate {
  readonly turn: (route: string, atHand: () => Promise<void>) => Promise<'go' | 'stop'>;
  readonly stopReason: () => StopReason | undefined;
}

export interface GateTools {
  readonly watch: OutcomeWatch;
  readonly now: Clock;
  readonly pause: Pause;
  readonly signal: AbortSignal;
  /** Looks for what the delivery records do not tell: see {@link findReturned}. */
  readonly lookForReturned: (route: string) => Promise<void>;
}

/** So many of each route go first, and the others only when it is known how these fared. */
export const vanguard = 10;

/** Fewer outcomes say too little to stop, or to go on. */
const leastOutcomes = 5;

/** Without any outcome for so long it is not known what the redrive does. The longest delivery timeout is 30 s. */
export const patienceMs = 60_000;

/** A dead letter without a delivery record comes back within seconds: this is how long its record is waited for. */
const lookAfterMs = 10_000;

export const pollEveryMs = 1_000;

/** A redrive that was held up catches up by no more than so much. */
const mostCatchUpMs = 1_000;

/**
 * Lets messages pass at a rate, the first few of each route ahead of the others: a destination that is not mended shall
 * fail ten events, not thousands. After that the latest outcomes are looked at each second.
 */
export function openGate({ stopAtPercent, rate }: StopRule, tools: GateTools): RedriveGate {
  const { watch, now, pause, signal } = tools;
  const passed = new Set<string>();
  /** Turns of the routes that have not passed. */
  const turns = new Map<string, number>();
  let stopped: StopReason | undefined;
  let nextSlotMs = now();
  let polledAtMs = now();

  const waitForSlot = async (): Promise<void> => {
    const waitMs = nextSlotMs - now();
    if (waitMs > 0) await pause(waitMs);
    nextSlotMs = Math.max(nextSlotMs, now() - mostCatchUpMs) + 1_000 / rate;
  };

  /** Waits until it is known how the first few fared, or for as long as patience lasts. */
  const waitForVanguard = async (route: string): Promise<void> => {
    const sinceMs = now();
    let lookedAtMs = sinceMs;
    while (!signal.aborted && isOpen(watch.events(route)) && now() - sinceMs < patienceMs) {
      await pause(pollEveryMs);
      await watch.poll();
      if (now() - lookedAtMs >= lookAfterMs && isOpen(watch.events(route))) {
        await tools.lookForReturned(route);
        lookedAtMs = now();
      }
    }
    const events = watch.events(route);
    const isUnknown = isOpen(events) && watch.latest(route).length < leastOutcomes;
    if (isUnknown && !signal.aborted) stopped = noNews(route, events.length);
  };

  const lookAround = async (route: string): Promise<void> => {
    if (now() - polledAtMs < pollEveryMs) return;
    polledAtMs = now();
    await watch.poll();
    const events = watch.events(route);
    if (isOpen(events) && now() - watch.lastNewsAtMs() > patienceMs) stopped = noNews(route, events.length);
  };

  return {
    stopReason: () => stopped,
    async turn(route, atHand) {
      await waitForSlot();
      if (signal.aborted) return 'stop';
      if (stopAtPercent === 'never') return 'go';
      if (passed.has(route)) {
        await lookAround(route);
      } else {
        const turnsBefore = turns.get(route) ?? 0;
        turns.set(route, turnsBefore + 1);
        if (turnsBefore < vanguard) return 'go';
        await atHand();
        // Some could not be sent, or need not be watched: others take their places.
        if (watch.events(route).length < vanguard) return 'go';
        await waitForVanguard(route);
        passed.add(route);
      }
      stopped ??= judge(route, watch.latest(route), stopAtPercent);
      return stopped !== undefined || signal.aborted ? 'stop' : 'go';
    },
  };
}

function isOpen(events: readonly WatchedEvent[]): boolean {
  return events.some(({ outcome }) => outcome === 'under-way');
}

function judge(route: string, latest: readonly WatchedEvent[], stopAtPercent: number): StopReason | undefined {
  const failed = latest.filter(({ outcome }) => outcome === 'failed-again' || outcome === 'retrying');
  if (latest.length < leastOutcomes || failed.length * 100 < stopAtPercent * latest.length) return undefined;
  return { kind: 'failing', route, failed: failed.length, of: latest.length, reasons: mostFrequent(failed) };
}

function mostFrequent(events: readonly WatchedEvent[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { reason = 'no answer' } of events) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([reason, count]) => `${count} × ${reason}`);
}

function noNews(route: string, sent: number): StopReason {
  return { kind: 'no-news', route, sent, seconds: patienceMs / 1_000 };
}
