import type { ChaosProgress } from './watch-progress.ts';

/** One line for a terminal. */
export function renderProgress({ elapsedMs, sent, taken, down, backlog }: ChaosProgress): string {
  return [
    `${(elapsedMs / 1_000).toFixed(0)} s`,
    `${sent} sent`,
    `${taken} taken`,
    ...(backlog === undefined ? [] : [`${backlog} under way`]),
    ...(down === undefined ? [] : [`down: ${down}`]),
  ].join(' · ');
}
