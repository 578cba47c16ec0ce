import type { LiveStep } from '../live-step.ts';
import type { Act } from './acts.ts';

/** An act that was played. */
export interface PlayedAct extends Pick<Act, 'title' | 'steps' | 'posts'> {
  readonly eventId: string;
  /** How often the destination was called. */
  readonly postsSeen: number;
}

/** What became of one webhook. */
export interface Account {
  readonly title: string;
  readonly eventId: string;
  /** The steps in the order they were told. */
  readonly steps: readonly string[];
  readonly posts: number;
  readonly accountedFor: boolean;
}

/**
 * Holds what the relay told and what the destination saw against what must come of each webhook. Any order of steps
 * will do: they come from several processes, and the processor can be heard before the ingest function.
 */
export function accountForEvents(played: readonly PlayedAct[], told: readonly LiveStep[]): readonly Account[] {
  return played.map(({ title, eventId, steps: expected, posts, postsSeen }) => {
    const steps = told.filter((step) => step.eventId === eventId).map(({ step }) => step);
    return {
      title,
      eventId,
      steps,
      posts: postsSeen,
      accountedFor: postsSeen === posts && steps.toSorted().join() === expected.toSorted().join(),
    };
  });
}
