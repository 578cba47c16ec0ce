import type { EventEvidence } from './explain-repeats.ts';

/** What is known of an event, each moment with its time since the first, for whoever has to find out what happened. */
export function tellStory({ posts, outcomes, crashes }: EventEvidence): string {
  const moments = [
    ...posts.map(({ atMs, taken }) => ({ atMs, what: taken ? 'POST taken' : 'POST not taken' })),
    ...outcomes.map(({ atMs, kind, error }) => ({ atMs, what: error === undefined ? kind : `${kind} (${error})` })),
    ...crashes.map(({ fromMs }) => ({ atMs: fromMs, what: 'handed to a processor that was killed' })),
  ].toSorted((a, b) => a.atMs - b.atMs);
  const startMs = moments[0]?.atMs ?? 0;
  return moments.map(({ atMs, what }) => `${((atMs - startMs) / 1_000).toFixed(3)} s ${what}`).join(' | ');
}
