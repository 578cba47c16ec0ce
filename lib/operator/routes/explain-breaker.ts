import { evacuates } from '../../../lambdas/breaker/gate.ts';
import { waitsForOperator } from '../../../lambdas/breaker/open-breaker.ts';
import type { BreakerState, OpenPhase, PauseReason, Phase } from '../../../lambdas/contract/breaker-state.ts';
import { queueRetentionSeconds } from '../../infra/timings.ts';
import { clockTime, clockTimeAfter } from '../terminal/clock-time.ts';
import { age, printable } from '../terminal/printable.ts';
import { phaseWords } from './phase-words.ts';
import { isUnreadable, type StoredBreaker } from './stored-breaker.ts';

/** A route's breaker in the words of whoever is on call. */
export interface BreakerExplanation {
  readonly state: (typeof phaseWords)[Phase['kind']] | 'waiting' | 'unreadable';
  /** Undefined where there is nothing to explain. */
  readonly why: string | undefined;
  readonly next: string | undefined;
}

export function explainBreaker(breaker: StoredBreaker, nowMs: number): BreakerExplanation {
  if (isUnreadable(breaker)) {
    return {
      state: 'unreadable',
      why: 'written by another version of the relay',
      next: 'use the relay command of the version that is deployed; pause or resume overwrite it',
    };
  }
  const { phase } = breaker;
  if (phase.kind === 'open') {
    return {
      state: phaseWords.open,
      why: whyPaused(phase, nowMs),
      next: whenPaused(breaker, phase, nowMs),
    };
  }
  const waits = breaker.notBeforeMs > nowMs;
  const wait = `nothing is posted until ${clockTimeAfter(breaker.notBeforeMs, nowMs)}`;
  switch (phase.kind) {
    case 'closed':
      if (!waits) return { state: phaseWords.closed, why: undefined, next: undefined };
      return { state: 'waiting', why: 'the destination asked for a moment', next: `${wait}; goes on by itself` };
    case 'half-open':
      return {
        state: phaseWords['half-open'],
        why: `was paused; tried with real events ${since(phase.sinceMs, nowMs)}`,
        next: waits ? wait : 'two events at a time; more each minute unless they fail',
      };
    case 'ramping':
      return {
        state: phaseWords.ramping,
        why: `was paused; at step ${phase.step} of its return ${since(phase.sinceMs, nowMs)}`,
        next: waits ? wait : 'more each minute until all of it flows',
      };
  }
}

/**
 * Why a route is paused, and since when. The destination's own words make no part of it, only its status or an error's
 * code.
 */
export function whyPaused({ reason, error, sinceMs }: OpenPhase, nowMs: number): string {
  return `${reasonFor(reason, error)}, paused ${since(sinceMs, nowMs)}`;
}

function reasonFor(reason: PauseReason, error: string | undefined): string {
  const last = error === undefined ? '' : ` (${printable(error)})`;
  switch (reason) {
    case 'failing':
      return `failing${last}`;
    case 'unauthorized':
      return `unauthorized: credentials refused${last}`;
    case 'asked-to-wait':
      return `asked-to-wait by the destination${last}`;
    case 'gone':
      return `gone: the destination says so for good${last}`;
    case 'operator':
      return 'by an operator';
  }
}

function whenPaused(breaker: BreakerState, phase: OpenPhase, nowMs: number): string {
  const { notBeforeMs } = breaker;
  const old = isEmptied(breaker, nowMs) ? '; what waits is moved to the dead letter queue' : '';
  if (waitsForOperator(phase)) return `until you resume it${old}`;
  if (notBeforeMs > nowMs) {
    return `destination asked to wait until ${clockTimeAfter(notBeforeMs, nowMs)}; then tried, reopens by itself${old}`;
  }
  const { reopenNotBeforeMs } = phase;
  const earliest = reopenNotBeforeMs > nowMs ? `, not before ${clockTimeAfter(reopenNotBeforeMs, nowMs)}` : '';
  return `tried every minute; reopens by itself${earliest}${old}`;
}

/** What a command says that has written over what it could not read. */
export const overwritten =
  '  Its state could not be read: written by another version of the relay. It was overwritten.';

/** How long SQS keeps an event. */
export const retentionDays = queueRetentionSeconds / 86_400;

/** Whether a paused route is being emptied of what SQS would delete next. */
export function isEmptied(breaker: StoredBreaker, nowMs: number): boolean {
  return !isUnreadable(breaker) && evacuates(breaker, nowMs, queueRetentionSeconds * 1_000);
}

/** `since 14:05 UTC (12m)` */
export function since(sinceMs: number, nowMs: number): string {
  return `since ${clockTime(sinceMs, nowMs)} (${age(sinceMs, nowMs)})`;
}
