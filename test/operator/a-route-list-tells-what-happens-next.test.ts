import { describe, expect, test } from '@jest/globals';
import { closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { renderRoutes } from '../../lib/operator/routes/render-routes.ts';
import { routeDocument } from '../../lib/operator/routes/route-documents.ts';
import type { RouteOverview } from '../../lib/operator/routes/route-overview.ts';
import type { StoredBreaker } from '../../lib/operator/routes/stored-breaker.ts';
import { breakerIn, pausedBreaker } from './breakers.ts';

const nowMs = Date.UTC(2026, 8, 21, 14, 0, 30);
const paint = (_style: string, text: string) => text;

const minutesAgo = (minutes: number) => nowMs - minutes * 60_000;
const inMinutes = (minutes: number) => nowMs + minutes * 60_000;
const counts = { sinceMs: nowMs, attempts: 0, failures: 0, streak: 0, streakSinceMs: nowMs };

describe('the list of routes', () => {
  test('explains every state within 100 columns', () => {
    expect(renderRoutes(everyState(), nowMs, { columns: 100, paint })).toBe(
      `
ROUTE               STATE       WAITING  IN FLIGHT  DEAD LETTERS
flowing             flowing     0        12         0
asked-for-a-moment  waiting     1204     3          0
  why   the destination asked for a moment
  next  nothing is posted until 14:00:50 UTC; goes on by itself
failing             paused      1204     3          2
  why   failing (HTTP 503), paused since 12:00 UTC (2h)
  next  tried every minute; reopens by itself
failing-again       paused      1204     3          0
  why   failing (ECONNREFUSED), paused since 14:00:30 UTC (0s)
  next  tried every minute; reopens by itself, not before 14:05 UTC
credentials         paused      1204     3          0
  why   unauthorized: credentials refused (HTTP 401), paused since 12:00 UTC (2h)
  next  tried every minute; reopens by itself
asked-to-wait       paused      1204     3          0
  why   asked-to-wait by the destination (HTTP 429), paused since 13:50 UTC (10m)
  next  destination asked to wait until 15:31 UTC; then tried, reopens by itself
gone                paused      1204     3          0
  why   gone: the destination says so for good (HTTP 410), paused since 2026-09-19 14:00 UTC (2d)
  next  until you resume it
by-hand             paused      1204     3          0
  why   by an operator, paused since 13:59:30 UTC (60s)
  next  until you resume it
for-days            paused      1204     3          40
  why   by an operator, paused since 2026-09-17 14:00 UTC (4d)
  next  until you resume it; what waits is moved to the dead letter queue
reopening           reopening   1204     3          0
  why   was paused; tried with real events since 13:59:30 UTC (60s)
  next  two events at a time; more each minute unless they fail
ramping             ramping up  1204     3          0
  why   was paused; at step 2 of its return since 13:59:30 UTC (60s)
  next  more each minute until all of it flows
ramping-and-asked   ramping up  1204     3          0
  why   was paused; at step 2 of its return since 13:59:30 UTC (60s)
  next  nothing is posted until 14:01:30 UTC
of-another-version  unreadable  1204     3          0
  why   written by another version of the relay
  next  use the relay command of the version that is deployed; pause or resume overwrite it
`.trim(),
    );
  });

  test.each([
    [1_200, '14:00:32 UTC'],
    [119_500, '14:02:30 UTC'],
    [120_000, '14:03 UTC'],
    [43_200_000, '2026-09-22 02:01 UTC'],
  ])('never names a moment before the end of a wait, and counts seconds only when it is near (%d ms)', (ms, time) => {
    const waiting = overview('main', breakerIn({ kind: 'closed' }, { notBeforeMs: nowMs + ms }));

    expect(renderRoutes([waiting], nowMs, { columns: 100, paint })).toContain(`nothing is posted until ${time};`);
  });

  test('has one row a route where nobody looks at its width, or all of it fits', () => {
    const overviews = everyState();
    const piped = renderRoutes(overviews, nowMs, { columns: undefined, paint });

    expect(piped.split('\n')).toHaveLength(overviews.length + 1);
    expect(piped.split('\n')[0]?.split(/\s{2,}/)).toEqual([
      'ROUTE',
      'STATE',
      'WAITING',
      'IN FLIGHT',
      'DEAD LETTERS',
      'WHY',
      'WHAT IS NEXT',
    ]);
    expect(piped.split('\n')[3]?.split(/\s{2,}/)).toEqual([
      'failing',
      'paused',
      '1204',
      '3',
      '2',
      'failing (HTTP 503), paused since 12:00 UTC (2h)',
      'tried every minute; reopens by itself',
    ]);
    expect(renderRoutes(overviews, nowMs, { columns: 300, paint })).toBe(piped);
  });

  test('is no wider painted than not', () => {
    const colourful = (_style: string, text: string) => `\u001b[31m${text}\u001b[39m`;
    const plain = renderRoutes(everyState(), nowMs, { columns: 100, paint });

    const painted = renderRoutes(everyState(), nowMs, { columns: 100, paint: colourful });

    expect(painted).toContain('\u001b[31mpaused\u001b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are what is taken away
    expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  });

  test("an error cannot play with the operator's terminal", () => {
    const breaker = pausedBreaker({ reason: 'failing', error: '\u001b[2J', sinceMs: nowMs });

    expect(renderRoutes([overview('main', breaker)], nowMs, { columns: 100, paint })).toContain('failing (\\x1b[2J)');
  });

  test('as JSON it has the names of the states, and nulls for what does not apply', () => {
    const documents = everyState().map((shown) => routeDocument(shown, nowMs));

    expect(documents[0]).toEqual({
      route: 'flowing',
      state: 'closed',
      sinceMs: null,
      reason: null,
      lastError: null,
      waitsForOperator: false,
      failedTrials: null,
      reopenNotBeforeMs: null,
      notBeforeMs: null,
      movesWaitingEvents: false,
      waiting: 0,
      inFlight: 12,
      deadLetters: 0,
    });
    expect(documents.find(({ route }) => route === 'asked-to-wait')).toEqual({
      route: 'asked-to-wait',
      state: 'open',
      sinceMs: minutesAgo(10),
      reason: 'asked-to-wait',
      lastError: 'HTTP 429',
      waitsForOperator: false,
      failedTrials: 0,
      reopenNotBeforeMs: inMinutes(90),
      notBeforeMs: inMinutes(90),
      movesWaitingEvents: false,
      waiting: 1204,
      inFlight: 3,
      deadLetters: 0,
    });
    expect(documents.map(({ state }) => state)).toEqual([
      'closed',
      'closed',
      ...Array(7).fill('open'),
      'half-open',
      'ramping',
      'ramping',
      'unreadable',
    ]);
    expect(documents.flatMap(({ route, waitsForOperator }) => (waitsForOperator ? route : []))).toEqual([
      'gone',
      'by-hand',
      'for-days',
    ]);
    expect(documents.flatMap(({ route, movesWaitingEvents }) => (movesWaitingEvents ? route : []))).toEqual([
      'for-days',
    ]);
  });
});

function everyState(): readonly RouteOverview[] {
  const twoHoursAgo = minutesAgo(120);
  const minuteAgo = minutesAgo(1);
  const day = 24 * 60;
  return [
    { ...overview('flowing', closedBreaker), waiting: 0, inFlight: 12 },
    overview('asked-for-a-moment', breakerIn({ kind: 'closed' }, { notBeforeMs: nowMs + 20_000 })),
    {
      ...overview('failing', pausedBreaker({ reason: 'failing', error: 'HTTP 503', sinceMs: twoHoursAgo })),
      deadLetters: 2,
    },
    overview(
      'failing-again',
      pausedBreaker({
        reason: 'failing',
        error: 'ECONNREFUSED',
        sinceMs: nowMs,
        reopenNotBeforeMs: nowMs + 4 * 60_000,
      }),
    ),
    overview('credentials', pausedBreaker({ reason: 'unauthorized', error: 'HTTP 401', sinceMs: twoHoursAgo })),
    overview(
      'asked-to-wait',
      pausedBreaker(
        { reason: 'asked-to-wait', error: 'HTTP 429', sinceMs: minutesAgo(10), reopenNotBeforeMs: inMinutes(90) },
        { notBeforeMs: inMinutes(90) },
      ),
    ),
    overview('gone', pausedBreaker({ reason: 'gone', error: 'HTTP 410', sinceMs: minutesAgo(2 * day) })),
    overview('by-hand', pausedBreaker({ reason: 'operator', sinceMs: minuteAgo })),
    { ...overview('for-days', pausedBreaker({ reason: 'operator', sinceMs: minutesAgo(4 * day) })), deadLetters: 40 },
    overview('reopening', breakerIn({ kind: 'half-open', sinceMs: minuteAgo, counts })),
    overview('ramping', breakerIn({ kind: 'ramping', sinceMs: minuteAgo, step: 2, counts })),
    overview(
      'ramping-and-asked',
      breakerIn({ kind: 'ramping', sinceMs: minuteAgo, step: 2, counts }, { notBeforeMs: inMinutes(1) }),
    ),
    overview('of-another-version', { kind: 'unreadable', version: 7 }),
  ];
}

function overview(route: string, breaker: StoredBreaker): RouteOverview {
  return { route, breaker, waiting: 1204, inFlight: 3, deadLetters: 0 };
}
